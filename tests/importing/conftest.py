"""A library of its own for each test, and small sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actions.answering.library import Library, opened
from actions.answering.topic import Passage
from actions.answering.words import Lexicon, load_lexicons
from actions.importing.importer import Collection, Counts, bring_up_to_date
from actions.importing.kinds import KINDS
from actions.settings import ROOT


@pytest.fixture(scope="session")
def lexicons() -> dict[str, Lexicon]:
    return load_lexicons(ROOT / "data" / "knowledge")


@pytest.fixture
def library(tmp_path: Path, lexicons: dict[str, Lexicon]) -> Iterator[Library]:
    with opened(tmp_path / "library", lexicons) as found:
        yield found


Import = Callable[..., Counts]


@pytest.fixture
def take(library: Library) -> Import:
    """Imports a source as a collection named after its kind."""

    def take(kind: str, path: Path, **said: str) -> Counts:
        chosen = KINDS[kind]
        told = {"source": chosen.source or "St Example", "licence": chosen.licence, "region": chosen.region, **said}
        return bring_up_to_date(library, Collection(kind, kind, path, **told), chosen)

    return take


@pytest.fixture
def said(library: Library) -> Callable[[], list[Passage]]:
    """Every passage of the library."""
    return lambda: [one for lang in ("en", "zh") for topic in library.topics(lang) for one in topic.passages]
