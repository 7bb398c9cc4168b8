"""Fits the weights of the coverage decision to labelled questions: `python -m actions.answering.calibrate FILE FOLDER`.

FILE has, by language, questions with their `topic` (`none`: not covered); FOLDER those that stand with the pages
(data/questions). Prints what belongs into data/policy/coverage.yml, and how well the decision does on the fifth of the
questions that is held back. The pages' vectors come from EMBEDDINGS_URL.
"""

from __future__ import annotations

import asyncio
import hashlib
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
BARS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
_PULL = 0.003  # towards zero: there are few questions


async def evidence(labelled: Labelled, settings: Settings) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Per question its features (and a constant in front), 1 where its own topic was found, and whether held back."""
    rows: list[list[float]] = []
    labels: list[float] = []
    held_back: list[bool] = []
    retriever, http = (parts := assemble(settings)).retriever, parts.http
    if not await retriever.index(settings.index):
        raise SystemExit("Calibration needs a server of embeddings at EMBEDDINGS_URL.")
    for lang, questions in labelled.items():
        for one in questions:
            shelf = retriever.shelves[lang]
            search = await retriever.search(one["q"], shelf, 5.0)
            if search.found:
                found = features(search, shelf)
                rows.append([1.0, *(found[name] for name in FEATURES)])
                labels.append(float(search.found[0].passage.topic in (one["topic"], one.get("or"))))
                held_back.append(is_held_back(one["q"]))
    await http.close()
    return np.array(rows), np.array(labels), np.array(held_back)


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


def report(rows: Array, labels: Array, held_back: NDArray[np.bool_]) -> None:
    """Print weights, and precision, recall and F1 at several bars on the questions that were held back."""
    weights = fit(rows[~held_back], labels[~held_back])
    for name, value in zip(("bias", *FEATURES), weights, strict=False):
        print(f"  {name}: {value:.3f}")  # noqa: T201
    chance, wanted = 1 / (1 + np.exp(-rows[held_back] @ weights)), labels[held_back] == 1
    for bar in BARS:
        said = chance >= bar
        right = float((said & wanted).sum())
        precision, recall = right / max(1, said.sum()), right / wanted.sum()
        both = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"  # bar {bar}: precision {precision:.3f}, recall {recall:.3f}, F1 {both:.3f}")  # noqa: T201


def labelled_questions(file: Path, folder: Path) -> Labelled:
    """The questions of a file of labelled questions, and those that stand with the pages (`<area>.<lang>.yml`)."""
    yaml = YAML(typ="safe")
    found: Labelled = yaml.load(file.read_text("utf-8"))
    for path in sorted(folder.glob("*.yml")):
        questions = found[path.suffixes[0].removeprefix(".")]
        for topic, own in yaml.load(path.read_text("utf-8")).items():
            questions += [{"q": one["q"], "topic": topic} for one in own["covered"]]
            questions += [{"q": one, "topic": "none", "near": topic} for one in own["near"]]
    return found


def is_held_back(question: str) -> bool:
    """Whether a question is one of the fifth that is only measured on: by its words, so that it never changes."""
    return int(hashlib.sha256(question.encode()).hexdigest()[:8], 16) % 5 == 0


def main() -> None:
    """The command."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    labelled = labelled_questions(*map(Path, sys.argv[1:]))
    rows, labels, held_back = asyncio.run(evidence(labelled, Settings()))
    print(f"# {len(rows)} questions, {held_back.sum()} of them held back")  # noqa: T201
    for title, columns in (("with_vectors", len(FEATURES) + 1), ("without_vectors", len(WORDS_ONLY) + 1)):
        print(f"{title}:")  # noqa: T201
        report(rows[:, :columns], labels, held_back)


if __name__ == "__main__":
    main()
