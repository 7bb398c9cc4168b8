"""How far learned readers are heard: `data/triage/readers.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .protocols import advice_of
from .source import Table, read
from .verdict import Acuity

_BARS = {"emergency", "human", "routine"}

Bars = Mapping[str, float]
"""The probability from which a reader is heard, by what it says."""


@dataclass(frozen=True)
class Words:
    """What nurse (title) and patient (advice) are told when a reader raised a verdict, in both languages."""

    title: Mapping[str, str]
    advice: Mapping[str, str]


@dataclass(frozen=True)
class Hearing:
    """bars: of any reader; by_words: of the reader by words alone; together: of it and the classifier; words: per
    acuity."""

    bars: Bars
    by_words: Bars
    together: Bars
    words: Mapping[Acuity, Words]


def load(folder: Path) -> Hearing:
    """Read `readers.yml`. Raises DataError."""
    file = read(folder / "readers.yml")
    file.allow("readers.yml", {"bars", "by_words", "together", "emergency", "urgent"})
    return Hearing(
        _bars(file, "bars"),
        _bars(file, "by_words"),
        _bars(file, "together"),
        {acuity: _words(file.table(acuity.value), acuity) for acuity in (Acuity.EMERGENCY, Acuity.URGENT)},
    )


def _bars(file: Table, key: str) -> Bars:
    table = file.table(key)
    table.allow(f"'{key}'", _BARS)
    return {name: _bar(table, name) for name in sorted(_BARS)}


def _bar(bars: Table, name: str) -> float:
    value = bars[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.5 <= value <= 1:
        raise bars.fail(f"'{name}' must be a number from 0.5 to 1.", name)
    return float(value)


def _words(table: Table, acuity: Acuity) -> Words:
    table.allow(f"'{acuity.value}'", {"title", "advice"})
    return Words(table.both("title"), advice_of(table, acuity))
