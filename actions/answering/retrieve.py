"""Finds passages: words (BM25), meaning (vectors) and patients' names for the topic, fused by reciprocal rank."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from .aspects import NO_ASPECTS, Aspects
from .pages import Page, Passage
from .vectors import Embedder, EmbeddingsAway, Matrix, VectorStore
from .words import Lexicon, bigrams, weight, weights, words

log = logging.getLogger(__name__)

_RANK_SMOOTHING = 60  # the constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009)
_DEPTH = 50
_BATCH_LIMIT = 60.0
_NAME_VOTE = 1.5  # patients' own names for a topic say more of the page than one ranking does
_TYPO_LENGTH, _TYPO_RARITY, _TYPO_LIKENESS = 5, 4.0, 84.0  # shorter or commoner words are not typing errors
_ASPECT_VOTE = 0.35  # what is asked tells sections of one page apart, never one page from another


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


class Shelf:
    """The pages of one language, ready to be searched. Pure but for the vectors that are handed in."""

    def __init__(self, pages: Sequence[Page], lexicon: Lexicon, aspects: Aspects = NO_ASPECTS) -> None:
        self.pages = {page.topic: page for page in pages}
        self.passages = tuple(passage for page in pages for passage in page.passages)
        self.vectors: Matrix | None = None
        self._lexicon = lexicon
        self._aspects = aspects
        self._told = [aspects.of_heading(passage.heading) for passage in self.passages]
        self._spelled = {word for page in pages for text in _texts(page) for word in words(text)} | lexicon.spelled
        self._names = {page.topic: self._name_keys(page) for page in pages}
        self.subjects = {page.topic: self._subject_keys(page) for page in pages}
        """What each topic's names and headings are about."""
        self.vocabulary = {page.topic: self._page_keys(page) for page in pages}
        self._bm25 = bm25s.BM25()
        if self.passages:
            aliases = {page.topic: lexicon.keys(" . ".join((page.title, *page.aliases))) for page in pages}
            corpus = [self._tokens(passage) + sorted(set(aliases[passage.topic])) for passage in self.passages]
            self._bm25.index(corpus, show_progress=False)

    def _tokens(self, passage: Passage) -> list[str]:
        heading = self._keys(passage.heading)
        return self._keys(passage.content) + heading + heading

    def _keys(self, text: str) -> list[str]:
        return self._lexicon.keys(text) + bigrams(text)

    def _name_keys(self, page: Page) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(self._lexicon.keys(name)) for name in (page.title, *page.aliases))

    def _subject_keys(self, page: Page) -> frozenset[str]:
        headings = [passage.heading for passage in page.passages]
        return frozenset(key for text in (page.title, *page.aliases, *headings) for key in self._lexicon.keys(text))

    def _page_keys(self, page: Page) -> frozenset[str]:
        return frozenset(key for text in _texts(page) for key in self._lexicon.keys(text))

    def corrected(self, text: str) -> str:
        """The text with rare words that are almost one of the pages' words spelled as the pages do."""
        for word in set(words(text)):
            if not (word.isascii() and word.isalpha() and len(word) >= _TYPO_LENGTH and word not in self._spelled):
                continue
            if weight(word) < _TYPO_RARITY:
                continue
            likely = [known for known in self._spelled if known[0] == word[0] and known.isascii()]
            best = process.extractOne(word, likely, scorer=fuzz.ratio, score_cutoff=_TYPO_LIKENESS)
            if best:
                text = re.sub(rf"(?i)\b{word}\b", best[0], text)
        return text

    def search(self, text: str, vector: Matrix | None, most: int = 8) -> Search:
        """The best passages for a question, best first."""
        text = self.corrected(text)
        terms = weights(self._lexicon.terms(text))
        if not self.passages:
            return Search(terms, (), {}, None)
        named = self._named(terms)
        cosines = self.vectors @ vector if vector is not None and self.vectors is not None else None
        scores = self._fuse(self._words_scores(text), cosines, named)
        asked = self._aspects.of_question(text)
        for at, told in enumerate(self._told):
            if scores[at] > 0 and asked & told:
                scores[at] += _ASPECT_VOTE * len(asked & told) / (_RANK_SMOOTHING * len(asked))
        best = [int(at) for at in np.argsort(-scores, kind="stable")[:most] if scores[at] > 0]
        found = tuple(
            Found(self.passages[at], float(scores[at]), float(cosines[at]) if cosines is not None else None)
            for at in best
        )
        return Search(terms, found, named, _spread(cosines))

    def _words_scores(self, text: str) -> NDArray[np.float32]:
        known = [key for key in self._keys(text) if key in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self.passages), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def _named(self, terms: Mapping[str, float]) -> dict[str, float]:
        """Per topic the share of the question that its best matching name holds; 0 where no name matches whole."""
        total = sum(terms.values()) or 1.0
        found: dict[str, float] = {}
        for topic, names in self._names.items():
            whole = [name for name in names if name and name <= terms.keys()]
            best = max((sum(terms[key] for key in name) for name in whole), default=0.0)
            if best:
                found[topic] = best / total
        return found

    def _fuse(
        self, by_words: NDArray[np.float32], cosines: Matrix | None, named: Mapping[str, float]
    ) -> NDArray[np.float64]:
        scores = np.zeros(len(self.passages))
        for ranking in (by_words, cosines):
            if ranking is None:
                continue
            order = np.argsort(-ranking, kind="stable")[:_DEPTH]
            for rank, at in enumerate(order):
                if ranking is cosines or ranking[at] > 0:
                    scores[at] += 1 / (_RANK_SMOOTHING + rank + 1)
        if named:
            order_of = {topic: rank for rank, topic in enumerate(sorted(named, key=lambda t: -named[t]))}
            for at, passage in enumerate(self.passages):
                if passage.topic in order_of and scores[at] > 0:
                    scores[at] += _NAME_VOTE / (_RANK_SMOOTHING + 10 * order_of[passage.topic] + 1)
        return scores


def _texts(page: Page) -> list[str]:
    """All that a page says, and what patients call it."""
    return [page.title, *page.aliases, page.help, *(passage.content for passage in page.passages)]


def _spread(cosines: Matrix | None) -> float | None:
    if cosines is None or len(cosines) < 3:
        return None
    return float((cosines.max() - cosines.mean()) / max(float(cosines.std()), 1e-6))


class Retriever:
    """The shelves of all languages with their vectors. Without a server of embeddings it searches by words."""

    def __init__(
        self,
        pages: Sequence[Page],
        lexicons: Mapping[str, Lexicon],
        aspects: Mapping[str, Aspects],
        embedder: Embedder | None,
        prefixes: tuple[str, str],
    ) -> None:
        self.shelves = {
            lang: Shelf([page for page in pages if page.lang == lang], lexicon, aspects.get(lang, NO_ASPECTS))
            for lang, lexicon in lexicons.items()
        }
        self._embedder = embedder
        self._query_prefix, self._passage_prefix = prefixes

    async def index(self, folder: Path) -> bool:
        """Get the vectors of all passages, from disk or from the server. False where the server is away."""
        if self._embedder is None:
            return False
        shelves = list(self.shelves.values())
        texts = [self._passage_prefix + passage.content for shelf in shelves for passage in shelf.passages]
        if not texts:
            return False
        try:
            store = VectorStore(folder, self._embedder.model)
            matrix = await store.vectors(texts, self._embedder, _BATCH_LIMIT)
        except EmbeddingsAway as problem:
            log.warning("passages are searched by words alone: embeddings are away (%s)", problem)
            return False
        start = 0
        for shelf in shelves:
            shelf.vectors = matrix[start : start + len(shelf.passages)]
            start += len(shelf.passages)
        return True

    async def vector(self, text: str, limit: float) -> Matrix | None:
        """The vector of a question, or None where vectors are away."""
        if self._embedder is None or all(shelf.vectors is None for shelf in self.shelves.values()):
            return None
        try:
            found: Matrix = (await self._embedder.embed([self._query_prefix + text], limit))[0]
        except EmbeddingsAway as problem:
            log.info("a question is searched by words alone: %s", problem)
            return None
        return found

    async def search(self, text: str, lang: str, limit: float, most: int = 8) -> Search:
        """The best passages of one language, within about `limit` seconds."""
        text = self.shelves[lang].corrected(text)
        vector = await self.vector(text, limit)
        return await asyncio.to_thread(self.shelves[lang].search, text, vector, most)
