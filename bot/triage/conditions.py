"""Conditions over findings: all, any, at_least, absent, unless.

A condition reads only what is present, or what was expressly denied (`absent`). It has no `not`: what nobody
spoke of is unknown, and unknown must never count as absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    wanted, left = condition.count, len(condition.of)
    for one in condition.of:
        if holds(one, statuses):
            wanted -= 1
            if wanted == 0:
                return True
        left -= 1
        if left < wanted:
            return False
    return wanted <= 0


def named(condition: Condition) -> set[str]:
    """All findings that the condition speaks of."""
    if isinstance(condition, Is):
        return {condition.finding}
    return set().union(*(named(one) for one in condition.of))


def parse(value: Any, table: Table, key: str, findings: Collection[str]) -> Condition:
    """Read the condition under `key`; `findings` are the ids that it may name. Raises DataError."""
    return _Parser(table.path, findings).parse(value, table.line_of(key))


class _Parser:
    def __init__(self, path: str, findings: Collection[str]) -> None:
        self._path = path
        self._findings = findings

    def parse(self, value: Any, line: int) -> Condition:
        if isinstance(value, str):
            return Is(self._known(value, line))
        if isinstance(value, Rows) and value:
            return AtLeast(1, self._items(value))
        if not isinstance(value, Table) or len(value) != 1:
            raise DataError(self._path, line, "a condition is a finding, or one of all, any, at_least, absent.")
        ((key, inner),) = value.items()
        return self._keyed(key, inner, value.line_of(key))

    def _keyed(self, key: str, inner: Any, line: int) -> Condition:
        if key == "absent" and isinstance(inner, str):
            return Is(self._known(inner, line), "absent")
        if key in {"all", "any"} and isinstance(inner, Rows) and inner:
            items = self._items(inner)
            return AtLeast(len(items) if key == "all" else 1, items)
        if key == "at_least" and isinstance(inner, Table):
            return self._at_least(inner)
        message = f"'{key}' is no condition; use all, any, at_least or absent with what belongs to it."
        raise DataError(self._path, line, message)

    def _at_least(self, inner: Table) -> Condition:
        inner.allow("'at_least'", {"n", "of"})
        of = inner.rows("of")
        if not isinstance(inner["n"], int) or not 0 < inner["n"] <= len(of):
            raise inner.fail("'n' must be a whole number no greater than the length of 'of'.", "n")
        return AtLeast(inner["n"], self._items(of))

    def _items(self, rows: Rows) -> tuple[Condition, ...]:
        return tuple(self.parse(item, rows.lines[at]) for at, item in enumerate(rows))

    def _known(self, finding: str, line: int) -> str:
        if finding not in self._findings:
            message = f"the condition names the finding '{finding}', which the lexicon does not know."
            raise DataError(self._path, line, message)
        return finding
