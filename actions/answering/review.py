"""What editors have to look at in our own pages: broken ones, reviews that ran out, what is missing, what is double."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from .pages import LANGUAGES, Page, read_pages
from .words import fold

_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Finding:
    """One thing to look at. An error has to be mended before patients rely on the pages."""

    error: bool
    text: str


def review(folder: Path, today: date) -> tuple[tuple[Page, ...], list[Finding]]:
    """The pages that can be read, and all findings, errors first."""
    pages, problems = read_pages(folder)
    found = [Finding(True, str(problem)) for problem in problems]
    found += [*_reviews(pages, today), *_translations(pages), *_shared_aliases(pages)]
    return pages, sorted(found, key=lambda finding: not finding.error)


def _reviews(pages: Iterable[Page], today: date) -> Iterator[Finding]:
    for page in pages:
        if page.review_due <= today:
            yield Finding(True, f"{page.path}: its review was due on {page.review_due}.")
        elif page.review_due <= today + _SOON:
            yield Finding(False, f"{page.path}: its review is due on {page.review_due}.")


def _translations(pages: Sequence[Page]) -> Iterator[Finding]:
    there = {(page.topic, page.lang) for page in pages}
    for page in pages:
        for lang in LANGUAGES:
            if (page.topic, lang) not in there:
                yield Finding(False, f"{page.path}: there is no page on this topic in '{lang}'.")


def _shared_aliases(pages: Iterable[Page]) -> Iterator[Finding]:
    """A name that two pages share finds neither of them for sure."""
    named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for page in pages:
        for name in (page.title, *page.aliases):
            named[page.lang, fold(name).strip()][page.path] = None
    for (_, name), paths in named.items():
        if len(paths) > 1:
            yield Finding(False, f"'{name}' is a name of {' and of '.join(paths)}.")
