"""What a reader makes of a source: documents with sections, or a fault that names its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


class BadInput(Exception):
    """A source or one document of it cannot be used: `place: a plain sentence`."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")


@dataclass(frozen=True)
class Section:
    """A heading, and under it paragraphs of whole sentences."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One topic of a source. What is empty is filled with what holds for the whole collection."""

    title: str
    sections: tuple[Section, ...]
    url: str = ""
    aliases: tuple[str, ...] = ()
    lang: str = ""
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Item:
    """A document that is not read yet. `content` changes when the document does; `parse` may raise BadInput."""

    key: str
    content: bytes
    parse: Callable[[], Document]


Reader = Callable[[Path], Iterator[Item]]
"""Goes through a source. Raises BadInput where the source as a whole cannot be read any further."""


def faulty(key: str, problem: BadInput) -> Item:
    """An item of which nothing can be read but what is wrong with it."""

    def parse() -> Document:
        raise problem

    return Item(key, b"", parse)
