"""Fits the reader of asks: `python -m actions.answering.train_asks`, seconds, repeatable.

Learns from `data/policy/asks.<lang>.jsonl` (dangerous asks by kind, harmless look-alikes) and from the questions beside
the pages, all of them harmless. Vectors come from EMBEDDINGS_URL. Writes `data/policy/asks.npz`, and prints how it does
on the fifth of the lines that is held back, for each bar: dangerous asks found, harmless ones refused.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from actions.settings import ROOT, Settings
from bot.triage.ngrams import SIZE, features

from .asks import HARMLESS, AskReader
from .calibrate import is_held_back
from .http import Http
from .vectors import Embedder, Matrix

BARS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_AT_ONCE = 64
_WORDS_STRENGTH, _VECTORS_STRENGTH = 30.0, 0.03  # inverse of the pull towards zero: many features need less of it

Line = tuple[str, str]


def lines(data: Path) -> list[Line]:
    """Every labelled line, text and kind. ValueError with file and line on one that is broken."""
    found: list[Line] = []
    for path in sorted((data / "policy").glob("asks.*.jsonl")):
        for number, row in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                one = json.loads(row)
                found.append((str(one["text"]), str(one["kind"])))
            except (ValueError, KeyError, TypeError) as problem:
                raise ValueError(f"{path}:{number}: a line needs 'text' and 'kind'.") from problem
    yaml = YAML(typ="safe")
    for path in sorted((data / "questions").glob("*.yml")):
        for own in yaml.load(path.read_text("utf-8")).values():
            found += [(text, HARMLESS) for text in (*(one["q"] for one in own["covered"]), *own["near"])]
    return found


def matrix(texts: Sequence[str]) -> csr_matrix:
    """The features of texts, one row each."""
    rows = [features(text) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix(
        ([value for row in rows for value in row.values()], [number for row in rows for number in row], ends),
        shape=(len(rows), SIZE),
    )


def fit(texts: Sequence[str], kinds: Sequence[str], vectors: Matrix, model: str) -> AskReader:
    """The reader fitted to these lines."""
    centre, scale = vectors.mean(0), vectors.std(0) + 1e-6
    words = _regression(_WORDS_STRENGTH).fit(matrix(texts), kinds)
    meaning = _regression(_VECTORS_STRENGTH).fit((vectors - centre) / scale, kinds)
    kinds = tuple(map(str, words.classes_))
    own = (words.coef_.T, words.intercept_, meaning.coef_.T, meaning.intercept_)
    by_words, words_bias, by_meaning, meaning_bias = (np.asarray(part, np.float32) for part in own)
    return AskReader(kinds, by_words, words_bias, by_meaning, meaning_bias, centre, scale, model)


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, class_weight="balanced", max_iter=400)


def report(reader: AskReader, held: Sequence[Line], vectors: Matrix) -> None:
    """Print, with and without vectors, what share of dangerous and of harmless lines would be refused at each bar."""
    dangerous = np.array([kind != HARMLESS for _, kind in held])
    for name, model in (("words and vectors", reader.model), ("words alone", "")):
        danger = np.array([reader.read(text, own, model).danger for (text, _), own in zip(held, vectors, strict=True)])
        for bar in BARS:
            found, wrongly = (danger[dangerous] >= bar).mean(), (danger[~dangerous] >= bar).mean()
            print(f"{name}, bar {bar}: {found:.1%} of {dangerous.sum()} dangerous asks, "  # noqa: T201
                  f"{wrongly:.1%} of {(~dangerous).sum()} harmless lines")  # fmt: skip


def save(reader: AskReader, path: Path) -> None:
    """Write the weights, halves of their size."""
    half: dict[str, NDArray[np.float16]] = {
        name: getattr(reader, name).astype(np.float16)
        for name in ("words", "words_bias", "vectors", "vectors_bias", "centre", "scale")
    }
    np.savez_compressed(path, kinds=np.array(reader.kinds), model=np.array(reader.model), **half)  # type: ignore[arg-type]


async def _vectors(texts: Sequence[str], settings: Settings) -> Matrix:
    http = Http()
    embedder = Embedder(http, settings.embeddings_url, settings.embeddings_model, settings.embeddings_api_key)
    asked = [settings.query_prefix + text for text in texts]
    try:
        parts = [await embedder.embed(asked[at : at + _AT_ONCE], 120) for at in range(0, len(asked), _AT_ONCE)]
    finally:
        await http.close()
    return np.concatenate(parts)


def main() -> None:
    """The command."""
    settings = Settings()
    every = lines(ROOT / "data")
    vectors = asyncio.run(_vectors([text for text, _ in every], settings))
    held = np.array([is_held_back(text) for text, _ in every])
    learned = [line for line, out in zip(every, held, strict=True) if not out]
    kept = [line for line, out in zip(every, held, strict=True) if out]
    report(_fit(learned, vectors[~held], settings), kept, vectors[held])
    save(_fit(every, vectors, settings), settings.policy / "asks.npz")


def _fit(chosen: Sequence[Line], vectors: Matrix, settings: Settings) -> AskReader:
    return fit([text for text, _ in chosen], [kind for _, kind in chosen], vectors, settings.embeddings_model)


if __name__ == "__main__":
    main()
