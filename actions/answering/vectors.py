"""Dense vectors of passages and questions from a server of the OpenAI shape, kept on disk by content and model."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import numpy as np
from numpy.typing import NDArray

from .http import Http

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]
_BATCH = 16


class EmbeddingsAway(Exception):
    """The server of embeddings gave no usable answer in time."""


class Embedder:
    """Asks `{url}/embeddings`. Without a url nothing is asked and everything raises EmbeddingsAway."""

    def __init__(self, http: Http, url: str, model: str, api_key: str = "") -> None:
        self._http = http
        self._url = url.rstrip("/")
        self.model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    async def embed(self, texts: Sequence[str], limit: float) -> Matrix:
        """Unit vectors, one row per text, within `limit` seconds. Raises EmbeddingsAway."""
        if not self._url:
            raise EmbeddingsAway("no address")
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        timeout = aiohttp.ClientTimeout(total=limit, connect=min(limit, 2.0))
        try:
            async with self._http.session().post(
                f"{self._url}/embeddings", json=body, headers=self._headers, timeout=timeout
            ) as reply:
                if reply.status != 200:
                    raise EmbeddingsAway(f"status {reply.status}")
                rows = sorted((await reply.json())["data"], key=lambda row: row["index"])
                matrix = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise EmbeddingsAway(type(problem).__name__) from problem
        except (KeyError, TypeError, ValueError) as problem:
            raise EmbeddingsAway("an answer of another shape") from problem
        if matrix.ndim != 2 or len(matrix) != len(texts) or not np.isfinite(matrix).all():
            raise EmbeddingsAway("an answer of another shape")
        unit: Matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
        return unit


class VectorStore:
    """Vectors of texts by content hash, one file per model; only what is new is asked for."""

    def __init__(self, folder: Path, model: str) -> None:
        self._path = folder / f"vectors-{re.sub(r'[^A-Za-z0-9.-]+', '-', model)}.npz"
        self._rows: dict[str, Matrix] = {}

    def read(self) -> None:
        """Load what is on disk; a damaged file counts as none."""
        try:
            with np.load(self._path) as stored:
                self._rows = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, EOFError) as problem:
            log.warning("the index of vectors is damaged and is built anew: %s", type(problem).__name__)

    def write(self) -> None:
        """Store atomically."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new.npz")
        np.savez(fresh, keys=np.array(list(self._rows)), vectors=np.stack(list(self._rows.values())))
        fresh.replace(self._path)

    async def vectors(self, texts: Sequence[str], embedder: Embedder, limit: float) -> Matrix:
        """The vectors of all texts; the missing ones are asked for, `limit` seconds a batch, and kept.

        Raises EmbeddingsAway; what had come by then is kept, so the next call goes on from there.
        """
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        await asyncio.to_thread(self.read)
        missing = [at for at, key in enumerate(keys) if key not in self._rows]
        try:
            for start in range(0, len(missing), _BATCH):
                batch = missing[start : start + _BATCH]
                found = await embedder.embed([texts[at] for at in batch], limit)
                self._rows.update((keys[at], row) for at, row in zip(batch, found, strict=True))
        finally:
            current = set(keys)
            if missing and self._rows:
                self._rows = {key: row for key, row in self._rows.items() if key in current}
                if self._rows:
                    await asyncio.to_thread(self.write)
        return np.stack([self._rows[key] for key in keys])
