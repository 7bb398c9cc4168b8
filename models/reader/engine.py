"""The reader at work: the acuity that a message sounds like, by a linear head over the embedder's vector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from models.embedder.engine import Embedder


@dataclass(frozen=True)
class Head:
    """A trained head: one row of weights and one bias a label."""

    labels: tuple[str, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def save(self, folder: Path) -> None:
        """Write it into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({"weight": self.weight, "bias": self.bias}, folder / "head.safetensors")
        (folder / "labels.json").write_text(json.dumps(self.labels) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Read what `save` wrote. OSError or ValueError when it is not there or broken."""
        tensors = load_file(folder / "head.safetensors")
        labels = tuple(json.loads((folder / "labels.json").read_text()))
        head = cls(labels, tensors["weight"], tensors["bias"])
        if head.weight.shape[0] != len(labels) or head.bias.shape != (len(labels),):
            raise ValueError(f"{folder}: the head has {head.weight.shape[0]} rows for {len(labels)} labels")
        return head

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """One row a vector, one column a label; rows add up to 1."""
        scores = vectors @ self.weight.T + self.bias
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares


class Reader:
    """Messages to probabilities of each acuity."""

    def __init__(self, embedder: Embedder, head: Head) -> None:
        if head.weight.shape[1] != embedder.size:
            raise ValueError(
                f"the reader was trained on vectors of {head.weight.shape[1]}, the embedder gives {embedder.size}: "
                "python -m models.reader.train"
            )
        self._embedder = embedder
        self.labels = head.labels
        self._head = head

    @property
    def limit(self) -> int:
        """Most tokens of one message."""
        return self._embedder.limit

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each message."""
        return self._embedder.tokens([self._embedder.prefix("query") + text for text in texts])

    def classify(self, texts: Sequence[str]) -> list[list[float]]:
        """For each message the probability of each label, in the order of `labels`."""
        rows: list[list[float]] = self._head.probabilities(self._embedder.encode_as("query", texts)).tolist()
        return rows
