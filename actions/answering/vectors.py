"""Dense vectors of passages and questions from a server of the OpenAI shape, kept on disk by content and model."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import aiohttp
import numpy as np
from numpy.typing import NDArray

from .http import Http

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Told how many vectors of how many are there."""
_BATCH = 16
_MAGIC = b"careline vectors"
_HEAD = len(_MAGIC) + 4
_KEY = 32
_GARBAGE = 2
"""A file is written anew when it holds more than so many times what is wanted."""


class EmbeddingsAway(Exception):
    """The server of embeddings gave no usable answer in time."""


def unit(matrix: Matrix) -> Matrix:
    """The rows, each of length one."""
    made: Matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return made


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
        return unit(matrix)

    async def close(self) -> None:
        """Close the running loop's connections."""
        await self._http.close()


class VectorStore:
    """Vectors of texts by content hash, one file per model, which only grows: a head, then rows of a hash and a vector.

    Whoever is killed while it writes leaves part of a row at the end, which the next writer cuts off; nothing else is
    lost. Writers of several processes take turns.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._path = folder / f"vectors-{re.sub(r'[^A-Za-z0-9.-]+', '-', model)}.rows"
        self._at: dict[bytes, int] = {}
        self._rows: Matrix = np.zeros((0, 0), dtype=np.float32)

    def read(self) -> None:
        """Look at what is on disk; a damaged file counts as none."""
        self._at, self._rows = {}, np.zeros((0, 0), dtype=np.float32)
        try:
            size = _size_of(self._path)
            count = (self._path.stat().st_size - _HEAD) // _row(size).itemsize
        except FileNotFoundError:
            return
        except (OSError, ValueError) as problem:
            log.warning("the index of vectors is damaged and is built anew: %s", type(problem).__name__)
            self._path.unlink(missing_ok=True)
            return
        if count > 0:
            table = np.memmap(self._path, dtype=_row(size), mode="r", offset=_HEAD, shape=(count,))
            keys = table["key"].tobytes()
            self._at = {keys[at * _KEY : (at + 1) * _KEY]: at for at in range(count)}
            self._rows = table["vector"]

    def held(self, texts: Sequence[str]) -> Matrix | None:
        """The vectors of all texts, or None where one of them is not on disk."""
        self.read()
        keys = [_key(text) for text in texts]
        return self._gather(keys) if texts and all(key in self._at for key in keys) else None

    async def vectors(
        self, texts: Sequence[str], embedder: Embedder, limit: float, progress: Progress = lambda _done, _of: None
    ) -> Matrix:
        """The vectors of all texts; the missing ones are asked for, `limit` seconds a batch, and kept as they come.

        Raises EmbeddingsAway; what had come by then is kept, so the next call goes on from there.
        """
        keys = [_key(text) for text in texts]
        await asyncio.to_thread(self.read)
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._at}.items())
        for start in range(0, len(missing), _BATCH):
            progress(len(keys) - len(missing) + start, len(keys))
            batch = missing[start : start + _BATCH]
            found = await embedder.embed([text for _, text in batch], limit)
            await asyncio.to_thread(self._append, [key for key, _ in batch], found)
        if missing:
            await asyncio.to_thread(self.read)
        return await asyncio.to_thread(self._gather, keys)

    def forget_but(self, texts: Iterable[str]) -> None:
        """Write the file anew without the vectors of other texts, once they are most of it."""
        self.read()
        keys = list(dict.fromkeys(key for key in map(_key, texts) if key in self._at))
        if not keys or len(self._at) <= _GARBAGE * len(keys):
            return
        fresh = VectorStore(self._path.parent, "")
        fresh._path = self._path.with_suffix(".new")
        fresh._path.unlink(missing_ok=True)
        fresh._append(keys, self._gather(keys))
        fresh._path.replace(self._path)

    def _gather(self, keys: Sequence[bytes]) -> Matrix:
        try:
            return np.ascontiguousarray(self._rows[[self._at[key] for key in keys]])
        except KeyError as problem:  # another process wrote vectors of another length into the same file
            raise EmbeddingsAway("the index was written by two models of one name") from problem

    def _append(self, keys: Sequence[bytes], vectors: Matrix) -> None:
        size = vectors.shape[1]
        rows = np.zeros(len(keys), dtype=_row(size))
        rows["key"] = np.frombuffer(b"".join(keys), dtype=f"V{_KEY}")
        rows["vector"] = vectors
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, 2)
            if end < _HEAD or _size_of(self._path) != size:
                file.truncate(0)
                file.write(_MAGIC + size.to_bytes(4, "little"))
            else:
                file.truncate(end - (end - _HEAD) % rows.itemsize)
            file.write(rows.tobytes())


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _row(size: int) -> np.dtype[np.void]:
    return np.dtype([("key", f"V{_KEY}"), ("vector", "<f4", (size,))])


def _size_of(path: Path) -> int:
    """The length of a file's vectors. ValueError when it is not such a file."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    size = int.from_bytes(head[len(_MAGIC) :], "little")
    if not head.startswith(_MAGIC) or not 0 < size < 100_000:
        raise ValueError("another kind of file")
    return size
