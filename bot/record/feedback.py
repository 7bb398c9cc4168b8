"""What patients found helpful, by topic and language. Holds no text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.record import tables

NO_TOPIC = "-"


@dataclass(frozen=True, slots=True)
class Judged:
    """How many answers on a topic, in a language, were found helpful and not helpful."""

    topic: str
    lang: str
    helpful: int
    not_helpful: int


def count_feedback(engine: Engine) -> tuple[Judged, ...]:
    """All feedback that the record holds, the topic with the most that was not helpful first."""
    table = tables.feedback
    with engine.connect() as connection:
        rows = connection.execute(select(table.c.topic, table.c.lang, table.c.helpful)).all()
    counted = Counter((row.topic or NO_TOPIC, row.lang, row.helpful) for row in rows)
    every = {(topic, lang) for topic, lang, _helpful in counted}
    found = (Judged(*one, counted[(*one, True)], counted[(*one, False)]) for one in every)
    return tuple(sorted(found, key=lambda one: (-one.not_helpful, -one.helpful, one.topic, one.lang)))
