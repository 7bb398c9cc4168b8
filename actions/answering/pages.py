"""Knowledge pages: `<area>/<topic>.<lang>.md`, YAML front matter, short sections. docs/knowledge.md is for editors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from bot.triage import DataError

from .words import language_of, sentences

LANGUAGES = ("en", "zh")
REQUIRED = (
    "title", "topic", "lang", "area", "region", "aliases", "sources", "reviewed", "review_due", "reviewer", "help"
)  # fmt: skip
LONGEST = {"en": 110, "zh": 260}
"""Longest paragraph, in words (en) or characters (zh): a passage has to fit the prompt and the screen."""


@dataclass(frozen=True)
class Source:
    """Where a page's facts come from. `accessed` is the day when an editor last opened the address."""

    name: str
    url: str
    accessed: date | None = None


@dataclass(frozen=True)
class Passage:
    """One paragraph of a page, the unit that is found, cited and quoted."""

    id: str
    topic: str
    lang: str
    region: str
    title: str
    heading: str
    text: str
    source: str
    url: str
    help: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return sentences(self.text)

    @property
    def content(self) -> str:
        """What is searched: where the paragraph stands, and what it says."""
        return f"{self.title}. {self.heading} {self.text}"


@dataclass(frozen=True)
class Page:
    """A reviewed page on one topic in one language."""

    path: str
    title: str
    topic: str
    lang: str
    area: str
    region: str
    aliases: tuple[str, ...]
    sources: tuple[Source, ...]
    reviewed: date
    review_due: date
    reviewer: str
    help: str
    passages: tuple[Passage, ...]


def load_pages(folder: Path) -> tuple[Page, ...]:
    """Every page under a folder, in order of path. Raises DataError for the first one that is broken."""
    pages = tuple(load_page(path) for path in sorted(folder.rglob("*.md")))
    seen: dict[tuple[str, str], str] = {}
    for page in pages:
        key = (page.topic, page.lang)
        if key in seen:
            raise DataError(page.path, 1, f"the topic '{page.topic}' already has a page in {seen[key]}.")
        seen[key] = page.path
    return pages


def load_page(path: Path) -> Page:
    """One page. Raises DataError (`file:line: a plain sentence`)."""
    name = "/".join(path.parts[-4:])
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise DataError(name, 1, "the file is not UTF-8 text.") from problem
    front, body, first_line = _split(text, name)
    return _Reader(name, path, _yaml(front, name), first_line).page(body)


def _split(text: str, name: str) -> tuple[str, str, int]:
    lines = text.split("\n")
    if lines[0].strip() != "---":
        raise DataError(name, 1, "the page must start with a line '---' and its front matter.")
    for at, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            # an empty first line keeps the line numbers of the front matter those of the file
            return "\n" + "\n".join(lines[1:at]), "\n".join(lines[at + 1 :]), at + 2
    raise DataError(name, len(lines), "the front matter has no closing line '---'.")


def _yaml(front: str, name: str) -> Any:
    try:
        data = YAML(typ="rt").load(StringIO(front))
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise DataError(name, line, f"this is not valid YAML: {problem.problem}.") from problem
    if not isinstance(data, dict):
        raise DataError(name, 2, "the front matter must be names with values.")
    return data


@dataclass(frozen=True)
class _Reader:
    name: str
    path: Path
    data: Any
    first_line: int

    def fail(self, message: str, key: str | None = None) -> DataError:
        line = self.data.lc.key(key)[0] + 1 if key in self.data else 1
        return DataError(self.name, line, message)

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"'{key}' must be a text.", key)
        return value.strip()

    def day(self, key: str) -> date:
        value = self.data.get(key)
        if not isinstance(value, date):
            raise self.fail(f"'{key}' must be a date such as 2026-11-24.", key)
        return value

    def page(self, body: str) -> Page:
        for key in REQUIRED:
            if key not in self.data:
                raise self.fail(f"the front matter needs '{key}'.")
        for key in self.data:
            if key not in REQUIRED:
                raise self.fail(f"the front matter has no key called '{key}'.", key)
        topic, lang = self.text("topic"), self.text("lang")
        if self.path.name != f"{topic}.{lang}.md" or lang not in LANGUAGES:
            raise self.fail(f"a page of topic '{topic}' in '{lang}' must be called {topic}.{lang}.md.", "topic")
        if self.path.parent.name != self.text("area"):
            raise self.fail(f"the page lies in '{self.path.parent.name}', so its area must be that.", "area")
        if self.day("review_due") <= self.day("reviewed"):
            raise self.fail("'review_due' must be later than 'reviewed'.", "review_due")
        sources = tuple(self._sources())
        return Page(
            self.name, self.text("title"), topic, lang, self.text("area"), self.text("region"),
            tuple(self._aliases()), sources, self.day("reviewed"), self.day("review_due"),
            self.text("reviewer"), self.text("help"), tuple(self._passages(body, sources[0])),
        )  # fmt: skip

    def _aliases(self) -> Iterator[str]:
        found = self.data["aliases"]
        if not isinstance(found, CommentedSeq) or not found:
            raise self.fail("'aliases' must be a list of patients' words.", "aliases")
        for at, alias in enumerate(found):
            if not isinstance(alias, str) or not alias.strip():
                raise DataError(self.name, found.lc.item(at)[0] + 1, "each alias must be a text.")
            yield alias.strip()

    def _sources(self) -> Iterator[Source]:
        found = self.data["sources"]
        if not isinstance(found, CommentedSeq) or not found:
            raise self.fail("'sources' must name at least one source.", "sources")
        for at, source in enumerate(found):
            line = found.lc.item(at)[0] + 1
            if not isinstance(source, dict) or not source.get("name"):
                raise DataError(self.name, line, "each source needs a 'name' and a 'url'.")
            if not str(source.get("url", "")).startswith(("https://", "http://")):
                raise DataError(self.name, line, "the 'url' of a source must be a whole web address.")
            accessed = source.get("accessed")
            if accessed is not None and not isinstance(accessed, date):
                raise DataError(self.name, line, "'accessed' must be a date such as 2026-11-24.")
            yield Source(str(source["name"]), str(source["url"]), accessed)

    def _passages(self, body: str, source: Source) -> Iterator[Passage]:
        topic, lang = self.data["topic"], self.data["lang"]
        heading, count = "", 0
        for at, line in enumerate(body.split("\n"), self.first_line):
            line = line.strip()
            if line.startswith("## "):
                heading = line[3:].strip()
            elif line:
                self._check(line, heading, at)
                count += 1
                yield Passage(
                    f"{topic}.{lang}#{count}", topic, lang, self.data["region"], self.text("title"), heading,
                    line, source.name, source.url, self.text("help"),
                )  # fmt: skip
        if not count:
            raise DataError(self.name, self.first_line, "the page has no text.")

    def _check(self, line: str, heading: str, at: int) -> None:
        lang = self.data["lang"]
        if line.startswith(("#", "- ", "* ", "|")):
            raise DataError(self.name, at, "write whole sentences under '## ' headings, no lists or other headings.")
        if not heading:
            raise DataError(self.name, at, "text must stand under a '## ' heading.")
        if language_of(line) != lang:
            raise DataError(self.name, at, f"this paragraph is not in the page's language ({lang}).")
        if line[-1] not in ".!?。！？":
            raise DataError(self.name, at, "a paragraph must end with a full stop (one paragraph on one line).")
        length = len(line.split()) if lang == "en" else len(line)
        if length > LONGEST[lang]:
            raise DataError(self.name, at, f"the paragraph is too long ({length}; at most {LONGEST[lang]}).")


class Regions:
    """What pages call things in other regions than their own: `data/knowledge/regions.yml`."""

    def __init__(self, tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        self._tables = tables

    @classmethod
    def load(cls, path: Path) -> Regions:
        return cls(YAML(typ="safe").load(path.read_text("utf-8")))

    def words(self, text: str, lang: str, own: str, region: str | None) -> str:
        """A page's text with the numbers and names of a region; unchanged where none are known."""
        table = self._tables.get(lang, {}).get(region or own)
        if not table or region == own:
            return text
        pattern = "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))
        edge = r"(?<![A-Za-z0-9])" + f"(?:{pattern})" + r"(?![A-Za-z0-9])"
        return re.sub(edge, lambda found: table[found.group()], text)

    def passage(self, passage: Passage, region: str | None) -> Passage:
        """The passage as it reads in a region."""
        if region is None or region == passage.region:
            return passage
        own = passage.region
        return replace(
            passage,
            text=self.words(passage.text, passage.lang, own, region),
            help=self.words(passage.help, passage.lang, own, region),
        )
