"""The shelves of what was imported, made of what the import prepared."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from .aspects import NO_ASPECTS, Aspects
from .library import Library, LibraryError, opened, there
from .shelf import Shelf
from .topic import Topic
from .word_index import WordIndex, topic_keys
from .words import Lexicon, words

log = logging.getLogger(__name__)


def load_imported(folder: Path, lexicons: Mapping[str, Lexicon], aspects: Mapping[str, Aspects]) -> Mapping[str, Shelf]:
    """A shelf for each language that anything was imported in; none where the folder cannot be read."""
    if not there(folder):
        return {}
    try:
        with opened(folder, lexicons) as library:
            library.hold_still()
            shelves = {
                lang: _shelf(library, lang, lexicon, aspects.get(lang, NO_ASPECTS))
                for lang, lexicon in lexicons.items()
            }
    except LibraryError as problem:
        log.error("what was imported is not used: %s", problem)
        return {}
    return {lang: shelf for lang, shelf in shelves.items() if shelf.passages}


def _shelf(library: Library, lang: str, lexicon: Lexicon, aspects: Aspects) -> Shelf:
    topics = library.topics(lang)
    keys = library.keys(lang) if library.fresh(lang) else (own for t in topics for own in topic_keys(t, lexicon))
    return Shelf(topics, lexicon, aspects, WordIndex(keys, _spelled(topics, lexicon)))


def _spelled(topics: list[Topic], lexicon: Lexicon) -> set[str]:
    """Typing errors are read as names of topics: of a large text, too many words are like any other."""
    return {
        word for topic in topics for name in (topic.title, *topic.aliases) for word in words(name)
    } | lexicon.spelled
