"""The labelled questions that stand beside our pages, and the sections of the pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from models.settings import ROOM

DATA = ROOM.parent / "data"


@dataclass(frozen=True)
class Section:
    """One section of a page: `content` is what its vector is made of."""

    lang: str
    topic: str
    heading: str
    content: str


@dataclass(frozen=True)
class Labelled:
    """A question about a topic; `sections` are the numbers of those that answer it, none where none does."""

    text: str
    lang: str
    topic: str
    sections: tuple[int, ...]
    held_back: bool


def read(data: Path = DATA) -> tuple[list[Section], list[Labelled]]:
    """All sections, and all questions. KeyError where a label names a section that no page has."""
    sections = [section for path in sorted((data / "knowledge").glob("*/*.md")) for section in _sections(path)]
    return sections, list(_questions(data / "questions", sections))


def _sections(path: Path) -> Iterator[Section]:
    """The paragraphs of a page, as the answer pipeline embeds them: `careline knowledge check` holds their form."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    title = yaml.safe_load(front)["title"]
    topic, lang, _ = path.name.split(".")
    for part in re.split(r"^## ", body, flags=re.MULTILINE)[1:]:
        heading, *lines = filter(None, map(str.strip, part.split("\n")))
        for line in lines:
            yield Section(lang, topic, heading, f"{title}. {heading} {line}")


def _questions(folder: Path, sections: Sequence[Section]) -> Iterator[Labelled]:
    places: dict[tuple[str, str, str], list[int]] = {}
    for number, section in enumerate(sections):
        places.setdefault((section.lang, section.topic, section.heading), []).append(number)
    for path in sorted(folder.glob("*.yml")):
        lang = path.suffixes[0].removeprefix(".")
        for topic, own in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for one in own["covered"]:
                right = tuple(places[lang, topic, one["heading"]])
                yield Labelled(one["q"], lang, topic, right, is_held_back(one["q"]))
            for text in own["near"]:
                yield Labelled(text, lang, topic, (), is_held_back(text))


def is_held_back(question: str) -> bool:
    """Whether a question is one of the fifth that is only measured on: by its words, so that it never changes."""
    return int(hashlib.sha256(question.encode()).hexdigest()[:8], 16) % 5 == 0
