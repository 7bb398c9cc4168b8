"""Which passages hold a question's words, and how telling that is (BM25); how the passages spell their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from .topic import Passage, Topic
from .words import Lexicon, bigrams, weight

_TYPO_LENGTH, _TYPO_RARITY, _TYPO_LIKENESS = 5, 4.0, 84.0  # shorter or commoner words are not typing errors


def search_keys(text: str, lexicon: Lexicon) -> list[str]:
    """What a text is found by."""
    return lexicon.keys(text) + bigrams(text)


def topic_keys(topic: Topic, lexicon: Lexicon) -> list[list[str]]:
    """What each passage of a topic is found by: its words, its heading twice more, and the topic's names."""
    names = sorted(set(lexicon.keys(" . ".join((topic.title, *topic.aliases)))))
    return [_passage_keys(passage, lexicon) + names for passage in topic.passages]


def _passage_keys(passage: Passage, lexicon: Lexicon) -> list[str]:
    heading = search_keys(passage.heading, lexicon)
    return search_keys(passage.content, lexicon) + heading + heading


class WordIndex:
    """BM25 over the keys of passages, in their order. `spelled` are the words that typing errors are read as."""

    def __init__(self, keys: Iterable[Sequence[str]], spelled: Iterable[str]) -> None:
        known: dict[str, int] = {}
        numbered = [[known.setdefault(key, len(known)) for key in own] for own in keys]
        self._known = known
        self._count = len(numbered)
        self._bm25 = bm25s.BM25()
        if known:
            self._bm25.index((numbered, known), show_progress=False)
        self._spelled = frozenset(spelled)
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(self._spelled):
            if word.isascii():
                self._by_initial.setdefault(word[0], []).append(word)

    def scores(self, keys: Iterable[str]) -> NDArray[np.float32]:
        """One score per passage; 0 where it holds none of the keys."""
        known = [key for key in keys if key in self._known]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def meant(self, word: str, lexicon: Lexicon) -> str:
        """The word, or the one that it is a typing error of."""
        if not (word.isascii() and word.isalpha() and len(word) >= _TYPO_LENGTH and word not in self._spelled):
            return word
        if weight(word) < _TYPO_RARITY or all(key in self._known for key in lexicon.keys(word)):
            return word
        likely = self._by_initial.get(word[0], [])
        best = process.extractOne(word, likely, scorer=fuzz.ratio, score_cutoff=_TYPO_LIKENESS)
        return best[0] if best else word
