"""One language's topics, searched by words (BM25), meaning (vectors) and patients' names, fused by reciprocal rank."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .aspects import NO_ASPECTS, Aspects
from .names import Names
from .topic import Passage, Topic
from .vectors import Matrix
from .word_index import WordIndex, search_keys, topic_keys
from .words import Lexicon, weights, words

_RANK_SMOOTHING = 60  # the constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009)
_DEPTH = 50
_NAME_VOTE = 1.5  # patients' own names for a topic say more of the page than one ranking does
_ASPECT_VOTE = 0.35  # what is asked tells sections of one page apart, never one page from another
_KEPT = 4096  # topics and headings whose words are kept


@dataclass(frozen=True)
class Found:
    """A passage with its fused score; `cosine` is None where vectors were away."""

    passage: Passage
    score: float
    cosine: float | None


@dataclass(frozen=True)
class Search:
    """What one search gave. `named` says how much of the question the topic's own names hold, by topic."""

    terms: Mapping[str, float]
    """What the question's telling words stand for, and how telling they are."""
    found: tuple[Found, ...]
    named: Mapping[str, float]
    spread: float | None
    """How far the best cosine stands above the mean of all, in standard deviations; None without vectors."""

    def nearest(self, topic: str) -> tuple[float, float]:
        """The best cosine of a topic's passages and of all others; only with vectors."""
        cosines: dict[bool, float] = {}
        for one in self.found:
            own = one.passage.topic == topic
            cosines[own] = max(cosines.get(own, -1.0), one.cosine or 0.0)
        return cosines.get(True, 0.0), cosines.get(False, 0.0)


class Shelf:
    """The topics of one language, ready to be searched. Pure but for the vectors that are handed in."""

    def __init__(
        self,
        topics: Sequence[Topic],
        lexicon: Lexicon,
        aspects: Aspects = NO_ASPECTS,
        words_index: WordIndex | None = None,
    ) -> None:
        self.topics = {topic.topic: topic for topic in topics}
        self.passages = tuple(passage for topic in topics for passage in topic.passages)
        self.vectors: Matrix | None = None
        self._lexicon = lexicon
        self._aspects = aspects
        self._names = Names(topics, lexicon)
        self._words = words_index or _index(topics, lexicon)
        self.subjects = lru_cache(_KEPT)(self._subjects)
        """What a topic's names and headings are about."""
        self.vocabulary = lru_cache(_KEPT)(self._vocabulary)
        """What the words of a whole topic stand for."""
        self._told = lru_cache(_KEPT)(aspects.of_heading)

    def _subjects(self, topic: str) -> frozenset[str]:
        own = self.topics[topic]
        texts = (own.title, *own.aliases, *(passage.heading for passage in own.passages))
        return frozenset(key for text in texts for key in self._lexicon.keys(text))

    def _vocabulary(self, topic: str) -> frozenset[str]:
        return frozenset(key for text in _texts(self.topics[topic]) for key in self._lexicon.keys(text))

    def corrected(self, text: str) -> str:
        """The text with rare words that are almost one of the pages' words spelled as the pages do."""
        for word in set(words(text)):
            meant = self._words.meant(word, self._lexicon)
            if meant != word:
                text = re.sub(rf"(?i)\b{word}\b", meant, text)
        return text

    def search(self, text: str, vector: Matrix | None, most: int = _DEPTH) -> Search:
        """The best passages for a question, best first."""
        text = self.corrected(text)
        terms = weights(self._lexicon.terms(text))
        if not self.passages:
            return Search(terms, (), {}, None)
        named = self._names.shares(terms)
        cosines = self.vectors @ vector if vector is not None and self.vectors is not None else None
        scores = self._fuse(self._words.scores(search_keys(text, self._lexicon)), cosines, named)
        asked = self._aspects.of_question(text)
        for at in scores:
            told = self._told(self.passages[at].heading)
            if asked & told:
                scores[at] += _ASPECT_VOTE * len(asked & told) / (_RANK_SMOOTHING * len(asked))
        best = sorted(scores, key=lambda at: (-scores[at], at))[:most]
        found = tuple(
            Found(self.passages[at], scores[at], float(cosines[at]) if cosines is not None else None) for at in best
        )
        return Search(terms, found, named, _spread(cosines))

    def _fuse(
        self, by_words: NDArray[np.float32], cosines: Matrix | None, named: Mapping[str, float]
    ) -> dict[int, float]:
        """The passages that one of the rankings holds, with their scores."""
        scores: dict[int, float] = defaultdict(float)
        for rank, at in enumerate(_top(by_words, np.flatnonzero(by_words > 0))):
            scores[at] += 1 / (_RANK_SMOOTHING + rank + 1)
        if cosines is not None:
            for rank, at in enumerate(_top(cosines, None)):
                scores[at] += 1 / (_RANK_SMOOTHING + rank + 1)
        order_of = {topic: rank for rank, topic in enumerate(sorted(named, key=lambda t: -named[t]))}
        for at in scores:
            if (rank_of_name := order_of.get(self.passages[at].topic)) is not None:
                scores[at] += _NAME_VOTE / (_RANK_SMOOTHING + 10 * rank_of_name + 1)
        return scores


def _index(topics: Sequence[Topic], lexicon: Lexicon) -> WordIndex:
    spelled = {word for topic in topics for text in _texts(topic) for word in words(text)} | lexicon.spelled
    return WordIndex((keys for topic in topics for keys in topic_keys(topic, lexicon)), spelled)


def _texts(topic: Topic) -> list[str]:
    """All that a topic says, and what patients call it."""
    return [topic.title, *topic.aliases, topic.help, *(passage.content for passage in topic.passages)]


def _top(ranking: NDArray[np.float32], rows: NDArray[np.intp] | None) -> list[int]:
    """The rows of the highest values, the first of equals first; only some rows where they are given."""
    values = ranking if rows is None else ranking[rows]
    if len(values) > _DEPTH:
        enough = np.flatnonzero(values >= np.partition(values, -_DEPTH)[-_DEPTH])
        values, rows = values[enough], enough if rows is None else rows[enough]
    order = np.argsort(-values, kind="stable")[:_DEPTH]
    return [int(at) for at in (order if rows is None else rows[order])]


def _spread(cosines: Matrix | None) -> float | None:
    if cosines is None or len(cosines) < 3:
        return None
    return float((cosines.max() - cosines.mean()) / max(float(cosines.std()), 1e-6))
