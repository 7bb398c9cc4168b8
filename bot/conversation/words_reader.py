"""The reader by words: a learned reader in this very process, which needs no other."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.triage import BY_WORDS, Acuity, Lang, Reading, detect_language, simplified
from bot.triage.ngrams import SIZE, features

_LONGEST = 6000
_PIECE: dict[Lang, int] = {"en": 600, "zh": 200}
"""Characters that are read at once: what it learnt from is not longer, and a few sentences are lost in more."""


def features_of(text: str) -> dict[int, float]:
    """The features of a message as this reader counts them: traditional characters as their simplified forms."""
    return dict(features(simplified(text)))


@dataclass(frozen=True)
class Weights:
    """A linear model that `python -m bot.training.words_reader` fitted: a row a feature, a column an acuity."""

    rows: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Raises ValueError, which says what is wrong, where the file is missing or none of ours."""
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                rows, bias = arrays["rows"].astype(np.float32), arrays["bias"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path.name} cannot be read ({type(error).__name__})") from error
        if rows.shape != (SIZE, len(Acuity)) or bias.shape != (len(Acuity),):
            raise ValueError(f"{path.name} does not hold a weight of each feature for each acuity")
        if not (np.isfinite(rows).all() and np.isfinite(bias).all()):
            raise ValueError(f"{path.name} holds weights that are no numbers")
        return cls(rows, bias)

    def shares(self, text: str) -> list[float]:
        """The probability of each acuity; of a long message the most alarming piece counts."""
        return max((self._shares(piece) for piece in _pieces(text[:_LONGEST])), key=lambda row: row[0] + row[1] / 2)

    def _shares(self, text: str) -> list[float]:
        found = features_of(text)
        weights = np.fromiter(found.values(), np.float32, len(found))
        scores = weights @ self.rows[np.fromiter(found, np.int64, len(found))] + self.bias
        powers = np.exp(scores - scores.max())
        shares: list[float] = (powers / powers.sum()).tolist()
        return shares


class WordsReader:
    """Reads with weights, or says each time why there are none. Its readings never raise an error."""

    def __init__(self, weights: Weights | None, problem: str = "") -> None:
        self._weights = weights
        self.problem = problem

    @classmethod
    def load(cls, path: Path) -> WordsReader:
        """With the weights of this file. One that is missing or broken makes a reader that says nothing but this."""
        try:
            return cls(Weights.load(path))
        except ValueError as error:
            return cls(None, str(error))

    def read(self, text: str) -> Reading:
        """What it says of a message."""
        if self._weights is None:
            return Reading.failed(BY_WORDS, self.problem)
        return Reading.of(BY_WORDS, self._weights.shares(text))


def _pieces(text: str) -> Iterator[str]:
    length = _PIECE[detect_language(text)]
    step = length * 2 // 3
    yield text[:length]
    for start in range(step, len(text) - length + step, step):
        yield text[start : start + length]
