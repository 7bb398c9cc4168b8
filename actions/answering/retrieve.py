"""Finds passages: our own pages and what was imported, in each language, with their vectors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from .aspects import NO_ASPECTS, Aspects
from .pages import Page
from .shelf import Search, Shelf
from .topic import Passage
from .vectors import Embedder, EmbeddingsAway, Matrix, Progress, VectorStore
from .words import Lexicon

log = logging.getLogger(__name__)

_BATCH_LIMIT = 60.0
_LONGEST_TEXT = 1400


class Retriever:
    """The shelves of all languages with their vectors. Without a server of embeddings it searches by words.

    `shelves` hold our own pages; `imported` what an operator imported, and nothing until it is put there.
    """

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
        self.imported: Mapping[str, Shelf] = {}
        self._embedder = embedder
        self._query_prefix, self._passage_prefix = prefixes

    async def index(self, folder: Path, progress: Progress = lambda _done, _of: None) -> bool:
        """Get the vectors of our own pages' passages, from disk or the server. False where the server is away."""
        return await self._index(self.shelves, folder, progress)

    async def index_imported(self, folder: Path, progress: Progress = lambda _done, _of: None) -> bool:
        """The same for what was imported; then vectors of passages that are gone are let go."""
        done = await self._index(self.imported, folder, progress)
        if done and self._embedder is not None:
            every = [self._text(passage) for shelf in (*self.shelves.values(), *self.imported.values())
                     for passage in shelf.passages]  # fmt: skip
            await asyncio.to_thread(VectorStore(folder, self._embedder.model).forget_but, every)
        return done

    async def read_imported(self, folder: Path) -> bool:
        """Take the vectors of what was imported from disk; False where some are not there yet."""
        if self._embedder is None:
            return False
        texts = [self._text(passage) for shelf in self.imported.values() for passage in shelf.passages]
        matrix = await asyncio.to_thread(VectorStore(folder, self._embedder.model).held, texts)
        if matrix is not None:
            _hand_out(self.imported, matrix)
        return matrix is not None

    async def _index(self, shelves: Mapping[str, Shelf], folder: Path, progress: Progress) -> bool:
        texts = [self._text(passage) for shelf in shelves.values() for passage in shelf.passages]
        if self._embedder is None or not texts:
            return False
        try:
            store = VectorStore(folder, self._embedder.model)
            matrix = await store.vectors(texts, self._embedder, _BATCH_LIMIT, progress)
        except EmbeddingsAway as problem:
            log.warning("passages are searched by words alone: embeddings are away (%s)", problem)
            return False
        _hand_out(shelves, matrix)
        return True

    def _text(self, passage: Passage) -> str:
        # a text that is longer than the model takes would be refused, and its whole batch with it
        return (self._passage_prefix + passage.content)[:_LONGEST_TEXT]

    @property
    def model(self) -> str:
        """Name of the model that vectors come from; empty without one."""
        return self._embedder.model if self._embedder else ""

    async def vector(self, text: str, shelf: Shelf, limit: float) -> Matrix | None:
        """The vector of a question with its spelling mended by a shelf, or None where vectors are away."""
        if self._embedder is None or shelf.vectors is None:
            return None
        try:
            asked = self._query_prefix + shelf.corrected(text)
            found: Matrix = (await self._embedder.embed([asked], limit))[0]
        except EmbeddingsAway as problem:
            log.info("a question is searched by words alone: %s", problem)
            return None
        return found

    async def search(self, text: str, shelf: Shelf, vector: Matrix | None) -> Search:
        """The best passages of one shelf. `vector` is that of the text; without one, words and names decide."""
        return await asyncio.to_thread(shelf.search, text, vector)


def _hand_out(shelves: Mapping[str, Shelf], matrix: Matrix) -> None:
    start = 0
    for shelf in shelves.values():
        shelf.vectors = matrix[start : start + len(shelf.passages)]
        start += len(shelf.passages)
