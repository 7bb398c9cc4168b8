"""Conditions over findings: all, any, at_least, absent, unless.

A condition reads only what is present, or what was expressly denied (`absent`). It has no `not`: what nobody
spoke of is unknown, and unknown must never count as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DataError
from .source import Rows, Table
from .verdict import Status


@dataclass(frozen=True)
class Is:
    """One finding is present (or, with `status` absent, was denied)."""

    finding: str
    status: Status = "present"


@dataclass(frozen=True)
class AtLeast:
    """At least `count` of the conditions hold."""

    count: int
    of: tuple[Condition, ...]


Condition = Is | AtLeast


def holds(condition: Condition, statuses: Mapping[str, Status]) -> bool:
    """Whether the findings meet the condition."""
    if isinstance(condition, Is):
        return statuses.get(condition.finding) == condition.status
    return sum(holds(one, statuses) for one in condition.of) >= condition.count


def named(condition: Condition) -> set[str]:
    """All findings that the condition speaks of."""
    if isinstance(condition, Is):
        return {condition.finding}
    return set().union(*(named(one) for one in condition.of))


def parse(value: Any, table: Table, key: str) -> Condition:
    """Read the condition under `key`. Raises DataError."""
    return _parse(value, table.path, table.line_of(key))


def _parse(value: Any, path: str, line: int) -> Condition:
    if isinstance(value, str):
        return Is(value)
    if isinstance(value, Rows):
        return AtLeast(1, _items(value, path))
    if not isinstance(value, Table) or len(value) != 1:
        raise DataError(path, line, "a condition is a finding, or one of all, any, at_least, absent.")
    (key, inner), = value.items()
    line = value.line_of(key)
    if key == "absent" and isinstance(inner, str):
        return Is(inner, "absent")
    if key in {"all", "any"} and isinstance(inner, Rows) and inner:
        items = _items(inner, path)
        return AtLeast(len(items) if key == "all" else 1, items)
    if key == "at_least" and isinstance(inner, Table):
        inner.allow("'at_least'", {"n", "of"})
        of = inner.rows("of")
        if not isinstance(inner["n"], int) or not 0 < inner["n"] <= len(of):
            raise inner.fail("'n' must be a whole number no greater than the length of 'of'.", "n")
        return AtLeast(inner["n"], _items(of, path))
    raise DataError(path, line, f"'{key}' is no condition; use all, any, at_least or absent with what belongs to it.")


def _items(rows: Rows, path: str) -> tuple[Condition, ...]:
    return tuple(_parse(item, path, rows.lines[at]) for at, item in enumerate(rows))
