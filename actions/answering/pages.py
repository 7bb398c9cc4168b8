"""Knowledge pages: `<area>/<topic>.<lang>.md`, YAML front matter, short sections. docs/knowledge.md is for editors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from bot.triage import DataError

from .topic import Passage, Topic
from .words import language_of

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
class Page(Topic):
    """A reviewed page on one topic in one language."""

    path: str
    area: str
    region: str
    sources: tuple[Source, ...]
    reviewed: date
    review_due: date
    reviewer: str


def load_pages(folder: Path) -> tuple[Page, ...]:
    """Every page under a folder, in order of path. Raises DataError for the first one that is broken."""
    pages, problems = read_pages(folder)
    if problems:
        raise problems[0]
    return pages


def read_pages(folder: Path) -> tuple[tuple[Page, ...], list[DataError]]:
    """Every page under a folder that can be read, in order of path, and what is wrong with the others."""
    pages: list[Page] = []
    problems: list[DataError] = []
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.md")):
        try:
            page = load_page(path)
            first = seen.setdefault((page.topic, page.lang), page.path)
            if first != page.path:
                raise DataError(page.path, 1, f"the topic '{page.topic}' already has a page in {first}.")
            pages.append(page)
        except DataError as problem:
            problems.append(problem)
    return tuple(pages), problems


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
            self.text("title"), topic, lang, tuple(self._aliases()), self.text("help"),
            tuple(self._passages(body, sources[0])), self.name, self.text("area"), self.text("region"), sources,
            self.day("reviewed"), self.day("review_due"), self.text("reviewer"),
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
