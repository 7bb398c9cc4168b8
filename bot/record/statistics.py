"""Counts and waiting times of a stretch of time, from the record. Holds no text."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from bot.conversation.ownership import more_urgent
from bot.record import tables
from bot.record.database import Row


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long something took: how often it was measured, and seconds."""

    count: int
    median: float | None
    p90: float | None


def compute(engine: Engine, since: int, until: int, zone: tzinfo) -> dict[str, Any]:
    """Statistics of what began in [since, until), in milliseconds since 1970; days are those of `zone`."""
    with engine.connect() as connection:
        conversations = _between(connection, tables.conversations, "created", since, until)
        verdicts = _between(connection, tables.verdicts, "at", since, until)
        outcomes = _between(connection, tables.outcomes, "at", since, until)
        handoffs = _between(connection, tables.handoffs, "at", since, until)
    return {
        "conversations": len(conversations),
        "messages": len(outcomes),
        "acuity": _counts(_most_urgent(verdicts).values()),
        "outcomes": _counts(row["outcome"] for row in outcomes),
        "reply": waiting(row["waited"] for row in outcomes),
        "handoffs": {
            "count": len(handoffs),
            "reasons": _counts(row["reason"] for row in handoffs),
            "endings": _counts(row["ending"] or ("with a nurse" if row["claimed"] else "waiting") for row in handoffs),
            "waiting": _by_acuity(handoffs),
        },
        "days": _days(conversations, verdicts, outcomes, handoffs, zone),
    }


def waiting(milliseconds: Iterable[int | None]) -> Waiting:
    """Median and 90th percentile, in seconds, of what has ended."""
    seconds = sorted(value / 1000 for value in milliseconds if value is not None)
    if not seconds:
        return Waiting(0, None, None)
    ninth = statistics.quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return Waiting(len(seconds), round(statistics.median(seconds), 3), round(ninth, 3))


def _by_acuity(handoffs: Sequence[Row]) -> dict[str, Waiting]:
    waited: dict[str, list[int | None]] = defaultdict(list)
    for row in handoffs:
        waited[row["acuity"] or "none"].append(row["waited"])
    return {acuity: waiting(times) for acuity, times in sorted(waited.items())}


def _days(
    conversations: Sequence[Row],
    verdicts: Sequence[Row],
    outcomes: Sequence[Row],
    handoffs: Sequence[Row],
    zone: tzinfo,
) -> list[Mapping[str, Any]]:
    kinds = {
        "conversations": [row["created"] for row in conversations],
        "messages": [row["at"] for row in outcomes],
        "emergencies": list(_first_emergency(verdicts).values()),
        "handoffs": [row["at"] for row in handoffs],
    }
    counted = {kind: Counter(_day(at, zone) for at in times) for kind, times in kinds.items()}
    every = sorted({day for days in counted.values() for day in days})
    return [{"day": day, **{kind: counted[kind][day] for kind in kinds}} for day in every]


def _most_urgent(verdicts: Sequence[Row]) -> dict[str, str | None]:
    """The most urgent acuity of each conversation."""
    found: dict[str, str | None] = {}
    for row in verdicts:
        found[row["conversation"]] = more_urgent(found.get(row["conversation"]), row["acuity"])
    return found


def _first_emergency(verdicts: Sequence[Row]) -> dict[str, int]:
    """When each conversation that was one first became an emergency."""
    found: dict[str, int] = {}
    for row in verdicts:
        if row["acuity"] == "emergency":
            found[row["conversation"]] = min(row["at"], found.get(row["conversation"], row["at"]))
    return found


def _day(at: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).date().isoformat()


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(value or "none" for value in values).most_common())


def _between(connection: Connection, table: Table, column: str, since: int, until: int) -> list[Row]:
    rows = connection.execute(select(table).where(table.c[column] >= since, table.c[column] < until))
    return [dict(row) for row in rows.mappings()]
