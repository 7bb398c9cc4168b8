"""Scores how well documents fit a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from models.embedder.engine import Embedder


class Reranker(Protocol):
    """Higher scores fit better; the scale is the model's own."""

    @property
    def limit(self) -> int:
        """Most tokens of one text (cosine) or of query and document together (cross-encoder)."""

    def tokens(self, query: str, documents: Sequence[str]) -> list[int]:
        """Tokens that count against the limit, per document."""

    def score(self, query: str, documents: Sequence[str]) -> list[float]:
        """One score a document."""


class CosineReranker:
    """The embedder's cosine between query and document, -1 to 1: what there is until a cross-encoder is configured."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def limit(self) -> int:
        """Most tokens of one text."""
        return self._embedder.limit

    def tokens(self, query: str, documents: Sequence[str]) -> list[int]:
        """The longer of query and document, prefixes included."""
        asked = self._embedder.tokens([self._embedder.prefix("query") + query])[0]
        prefix = self._embedder.prefix("document")
        return [max(asked, size) for size in self._embedder.tokens([prefix + text for text in documents])]

    def score(self, query: str, documents: Sequence[str]) -> list[float]:
        """One cosine a document."""
        asked = self._embedder.encode_as("query", [query])[0]
        scores: list[float] = (self._embedder.encode_as("document", documents) @ asked).tolist()
        return scores


class CrossReranker:
    """A cross-encoder of sentence-transformers; one with a single label scores 0 to 1."""

    def __init__(self, source: str) -> None:
        from sentence_transformers import CrossEncoder

        self._model = CrossEncoder(source, device="cpu", model_kwargs={"dtype": "float32"})
        if self._model.num_labels != 1:
            raise ValueError(f"{source} gives {self._model.num_labels} labels; a re-ranker gives one")

    @property
    def limit(self) -> int:
        """Most tokens of query and document together."""
        return int(self._model.max_length or 512)

    def tokens(self, query: str, documents: Sequence[str]) -> list[int]:
        """Tokens of each pair."""
        tokenizer: Any = self._model.tokenizer
        ids = tokenizer([query] * len(documents), list(documents), truncation=False, verbose=False)["input_ids"]
        return [len(row) for row in ids]

    def score(self, query: str, documents: Sequence[str]) -> list[float]:
        """One score a document."""
        pairs = [(query, text) for text in documents]
        scores: list[float] = self._model.predict(pairs, batch_size=8, show_progress_bar=False).tolist()
        return scores
