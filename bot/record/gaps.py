"""Health questions that nothing covered, by language and by the topic that came nearest. Holds no text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.conversation.entry import OUTCOMES
from bot.record import tables

NOTHING_NEAR = "-"


@dataclass(frozen=True, slots=True)
class Gap:
    """How often a topic was the nearest to a question in a language that was not covered."""

    topic: str
    lang: str
    count: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of the health questions that were asked, those that were not covered, the most frequent topic first."""

    asked: int
    not_covered: int
    near: tuple[Gap, ...]


def find_gaps(engine: Engine, since: int) -> Gaps:
    """What was asked since a moment (milliseconds since 1970)."""
    table = tables.outcomes
    query = select(table.c.outcome, table.c.lang, table.c.near).where(
        table.c.at >= since, table.c.outcome.in_(OUTCOMES)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    missed = [
        (row.near[0] if row.near else NOTHING_NEAR, row.lang or "?") for row in rows if row.outcome == "not_covered"
    ]
    ordered = sorted(Counter(missed).items(), key=lambda one: (-one[1], one[0]))
    return Gaps(len(rows), len(missed), tuple(Gap(topic, lang, count) for (topic, lang), count in ordered))
