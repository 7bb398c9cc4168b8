"""Reads whether a question is one that pages must not answer: a learned reader beside the rules of `refusals.yml`.

Words, parts of words and, where there is one, the vector of the question, weighed by `data/policy/asks.npz`, which
`python -m actions.answering.train_asks` fits to labelled asks. It may refuse what the rules let pass, never the
reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.triage.ngrams import features

from .vectors import Matrix

HARMLESS = "harmless"
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """How likely it is that a question must not be answered, and as what; from 0 to 1."""

    danger: float
    kind: str


@dataclass(frozen=True)
class AskReader:
    """The fitted weights. Rows are features, columns kinds; the vectors' part belongs to one model of embeddings."""

    kinds: tuple[str, ...]
    words: Array
    words_bias: Array
    vectors: Array
    vectors_bias: Array
    centre: Array
    scale: Array
    model: str
    """Name of the embedding model whose vectors `vectors` weighs."""

    @classmethod
    def load(cls, path: Path) -> AskReader:
        """From a file that `train_asks` wrote. Raises OSError, ValueError or KeyError where it is none."""
        with np.load(path) as data:
            arrays = {name: data[name].astype(np.float32) for name in _ARRAYS}
            return cls(tuple(map(str, data["kinds"])), **arrays, model=str(data["model"]))

    def read(self, text: str, vector: Matrix | None = None, model: str = "") -> Asked:
        """What a question asks for. `vector` is its vector from `model`; another model's is left aside."""
        scores = self.words_bias.copy()
        for number, value in features(text).items():
            scores += value * self.words[number]
        if vector is not None and model == self.model:
            by_meaning = (vector - self.centre) / self.scale @ self.vectors + self.vectors_bias
            scores = np.asarray((scores + by_meaning) / 2, np.float32)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        harmless = self.kinds.index(HARMLESS)
        worst = max((at for at in range(len(shares)) if at != harmless), key=lambda at: shares[at])
        return Asked(1.0 - float(shares[harmless]), self.kinds[worst])


_ARRAYS = ("words", "words_bias", "vectors", "vectors_bias", "centre", "scale")
