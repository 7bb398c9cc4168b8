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
    """At least `count` hold: of the findings in `present`, and of the conditions in `others`."""

    count: int
    present: frozenset[str]
    others: tuple[Condition, ...]


Condition = Is | AtLeast


@dataclass(frozen=True)
class Facts:
    """The findings that are present, and those that were denied."""

    present: frozenset[str]
    absent: frozenset[str]

    @classmethod
    def of(cls, statuses: Mapping[str, Status]) -> Facts:
        """The facts that the statuses of findings make; what is unknown is neither."""
        present = frozenset(name for name, status in statuses.items() if status == "present")
        return cls(present, frozenset(name for name, status in statuses.items() if status == "absent"))


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the findings meet the condition."""
    if isinstance(condition, Is):
        return condition.finding in (facts.present if condition.status == "present" else facts.absent)
    wanted = condition.count - len(condition.present & facts.present)
    if wanted > len(condition.others):
        return False
    if wanted <= 0:
        return True
    for one in condition.others:
        wanted -= holds(one, facts)
        if not wanted:
            return True
    return False


def named(condition: Condition) -> set[str]:
    """All findings that the condition speaks of."""
    if isinstance(condition, Is):
        return {condition.finding}
    return set(condition.present).union(*(named(one) for one in condition.others))


def _at_least(count: int, of: tuple[Condition, ...]) -> AtLeast:
    """One set operation settles the findings, of which long lists are made. What is named twice counts once."""
    plain = [one.finding for one in of if isinstance(one, Is) and one.status == "present"]
    others = tuple(dict.fromkeys(one for one in of if not isinstance(one, Is) or one.status != "present"))
    return AtLeast(count, frozenset(plain), others)


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
            return _at_least(1, self._items(value))
        if not isinstance(value, Table) or len(value) != 1:
            raise DataError(self._path, line, "a condition is a finding, or one of all, any, at_least, absent.")
        ((key, inner),) = value.items()
        return self._keyed(key, inner, value.line_of(key))

    def _keyed(self, key: str, inner: Any, line: int) -> Condition:
        if key == "absent" and isinstance(inner, str):
            return Is(self._known(inner, line), "absent")
        if key in {"all", "any"} and isinstance(inner, Rows) and inner:
            items = self._items(inner)
            return _at_least(len(set(items)) if key == "all" else 1, items)
        if key == "at_least" and isinstance(inner, Table):
            return self._at_least(inner)
        message = f"'{key}' is no condition; use all, any, at_least or absent with what belongs to it."
        raise DataError(self._path, line, message)

    def _at_least(self, inner: Table) -> Condition:
        inner.allow("'at_least'", {"n", "of"})
        of = inner.rows("of")
        if not isinstance(inner["n"], int) or not 0 < inner["n"] <= len(of):
            raise inner.fail("'n' must be a whole number no greater than the length of 'of'.", "n")
        return _at_least(inner["n"], self._items(of))

    def _items(self, rows: Rows) -> tuple[Condition, ...]:
        return tuple(self.parse(item, rows.lines[at]) for at, item in enumerate(rows))

    def _known(self, finding: str, line: int) -> str:
        if finding not in self._findings:
            message = f"the condition names the finding '{finding}', which the lexicon does not know."
            raise DataError(self._path, line, message)
        return finding
