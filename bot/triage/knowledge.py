"""All that the screen knows, read once from the data files and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import hearing, lexicon, manner, measures, protocols, regions
from .errors import DataError
from .source import data_dir


@dataclass(frozen=True)
class Knowledge:
    """The data files, compiled."""

    lexicon: lexicon.Lexicon
    measures: tuple[measures.Measure, ...]
    protocols: protocols.Protocols
    regions: regions.Regions
    readers: hearing.Hearing
    manner: manner.Manner
    implied: Mapping[str, tuple[str, ...]]
    """Per finding all that it implies, directly or through others."""


def load(folder: Path) -> Knowledge:
    """Read and check everything under `folder`. Raises DataError at the first fault."""
    words = lexicon.load(folder)
    numbers = measures.load(folder)
    for one in numbers:
        for name in {one.finding, one.instead_of} - {None}:
            if name not in words.entries:
                raise DataError(one.path, one.line, f"'{name}' is a finding that the lexicon does not know.")
    implied = _implied(words.entries)
    rules = protocols.load(folder, words.entries).implying(implied)
    return Knowledge(
        words, numbers, rules, regions.load(folder), hearing.load(folder), manner.load(folder), implied
    )  # fmt: skip


def _implied(entries: Mapping[str, lexicon.Entry]) -> dict[str, tuple[str, ...]]:
    closed: dict[str, tuple[str, ...]] = {}
    for name in entries:
        seen: list[str] = []
        waiting = list(entries[name].implies)
        while waiting:
            other = waiting.pop()
            if other not in seen and other != name:
                seen.append(other)
                waiting += entries[other].implies
        closed[name] = tuple(seen)
    return closed


@lru_cache(maxsize=1)
def known() -> Knowledge:
    """The knowledge of this process, loaded at the first call. Raises DataError."""
    return load(data_dir())


def simplified(text: str) -> str:
    """A text with simplified characters for its traditional ones."""
    return text.translate(known().lexicon.simplified)


def load_problems(folder: Path | None = None) -> list[DataError]:
    """What is wrong with the data files: empty when all is well, else the first fault found."""
    try:
        load(folder or data_dir())
    except DataError as problem:
        return [problem]
    return []
