"""The embedder at work: any model that sentence-transformers loads, with an adapter where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from models.adapters import merged


class Embedder:
    """Texts to vectors. Prefixes such as e5's `query: ` are the caller's business, as they are with vLLM."""

    def __init__(self, source: str, adapter: str | None = None) -> None:
        self._model = SentenceTransformer(source, device="cpu", model_kwargs={"dtype": "float32"})
        if adapter:
            merged(self._encoder, adapter)  # in place
        self._model.eval()

    @property
    def _encoder(self) -> Any:
        first: Any = self._model[0]
        return first.auto_model

    @property
    def limit(self) -> int:
        """Most tokens of one text."""
        return int(self._model.max_seq_length or 512)

    @property
    def size(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def word_embeddings(self) -> Any:
        """The encoder's embeddings, most of its memory: a model tuned on the same encoder may share them."""
        return self._encoder.embeddings

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, its begin and end included."""
        tokenizer: Any = self._model.tokenizer
        ids = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        return [len(row) for row in ids]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, of unit length where the model is made so; what is over `limit` is cut off."""
        return self._encode(texts, "")

    def encode_as(self, prompt_name: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same with the prefix that the model's own settings give `query` or `document`, if any."""
        return self._encode(texts, self.prefix(prompt_name))

    def prefix(self, prompt_name: str) -> str:
        """The prefix of `query` or `document`."""
        return str(self._model.prompts.get(prompt_name) or "")

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = self._model.encode(
            list(texts), prompt=prompt, batch_size=16, show_progress_bar=False, convert_to_numpy=True
        )
        return vectors
