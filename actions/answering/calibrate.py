"""Fits the weights of the coverage decision to labelled questions: `python -m actions.answering.calibrate FILE`.

FILE has, by language, questions with their `topic` (`none`: not covered). Prints what belongs into
data/policy/coverage.yml, and how well the decision does on questions it was not fitted to (leave one out). The pages'
vectors come from EMBEDDINGS_URL.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from actions.settings import Settings

from .assemble import assemble
from .coverage import FEATURES, WORDS_ONLY, features

Array = NDArray[np.float64]
Labelled = dict[str, list[dict[str, str]]]
_PULL = 0.003  # towards zero: there are few questions


async def evidence(labelled: Labelled, settings: Settings) -> tuple[Array, Array]:
    """Per question its features (and a constant in front), and 1 where its own topic was found."""
    rows: list[list[float]] = []
    labels: list[float] = []
    retriever, http = (parts := assemble(settings)).retriever, parts.http
    if not await retriever.index(settings.index):
        raise SystemExit("Calibration needs a server of embeddings at EMBEDDINGS_URL.")
    for lang, questions in labelled.items():
        for one in questions:
            search = await retriever.search(one["q"], lang, 5.0)
            if search.found:
                found = features(search, retriever.shelves[lang])
                rows.append([1.0, *(found[name] for name in FEATURES)])
                labels.append(float(search.found[0].passage.topic in (one["topic"], one.get("or"))))
    await http.close()
    return np.array(rows), np.array(labels)


def fit(rows: Array, labels: Array) -> Array:
    """Logistic regression with a little pull towards zero, by Newton's method."""
    weights = np.zeros(rows.shape[1])
    pull = _PULL * len(rows) * np.diag([0.0] + [1.0] * (rows.shape[1] - 1))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (labels - chance) - pull @ weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + pull
        weights += np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
    return weights


def report(rows: Array, labels: Array) -> None:
    """Print weights, and precision and recall at several bars by leaving one out."""
    left_out = np.array([rows[at] @ fit(np.delete(rows, at, 0), np.delete(labels, at)) for at in range(len(rows))])
    chance = 1 / (1 + np.exp(-left_out))
    for name, value in zip(("bias", *FEATURES), fit(rows, labels), strict=False):
        print(f"  {name}: {value:.3f}")  # noqa: T201
    for bar in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        said = chance >= bar
        right = float((said & (labels == 1)).sum())
        print(  # noqa: T201
            f"  # bar {bar}: precision {right / max(1, said.sum()):.3f}, recall {right / labels.sum():.3f}"
        )


def main() -> None:
    """The command."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    labelled: Labelled = YAML(typ="safe").load(Path(sys.argv[1]).read_text("utf-8"))
    rows, labels = asyncio.run(evidence(labelled, Settings()))
    for title, columns in (("with_vectors", len(FEATURES) + 1), ("without_vectors", len(WORDS_ONLY) + 1)):
        print(f"{title}:")  # noqa: T201
        report(rows[:, :columns], labels)


if __name__ == "__main__":
    main()
