"""Fits the weights of the coverage decision to labelled questions: `python -m actions.answering.calibrate FILE FOLDER`.

FILE has, by language, questions with their `topic` (`none`: not covered); FOLDER those that stand with the pages
(data/questions). Prints what belongs into data/policy/coverage.yml, and how well the decision does on the fifth of the
questions that is held back. The pages' vectors come from EMBEDDINGS_URL.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from actions.settings import Settings

from .assemble import assemble
from .coverage import FEATURES, WORDS_ONLY, candidates, features
from .shelf import Search, Shelf

Array = NDArray[np.float64]
Labelled = dict[str, list[dict[str, str]]]
BARS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
_PULL = 0.003  # towards zero: there are few questions


@dataclass
class Evidence:
    """Per question and topic that may be meant: features with a constant in front, 1 where it is the question's own."""

    rows: list[list[float]] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    held_back: list[bool] = field(default_factory=list)
    covered: dict[int, bool] = field(default_factory=dict)
    """By question, whether one of the pages covers it."""

    def add(self, question: dict[str, str], search: Search, shelf: Shelf) -> None:
        """What one question's search gives."""
        number, own = len(self.covered), (question["topic"], question.get("or"))
        self.covered[number] = question["topic"] != "none"
        for topic in candidates(search):
            found = features(search, shelf, topic)
            self.rows.append([1.0, *(found[name] for name in FEATURES)])
            self.labels.append(float(topic in own))
            self.questions.append(number)
            self.held_back.append(is_held_back(question["q"]))


async def evidence(labelled: Labelled, settings: Settings) -> Evidence:
    """The evidence of all questions."""
    found = Evidence()
    retriever, http = (parts := assemble(settings)).retriever, parts.http
    if not await retriever.index(settings.index):
        raise SystemExit("Calibration needs a server of embeddings at EMBEDDINGS_URL.")
    for lang, questions in labelled.items():
        shelf = retriever.shelves[lang]
        for one in questions:
            vector = await retriever.vector(one["q"], shelf, 5.0)
            found.add(one, await retriever.search(one["q"], shelf, vector), shelf)
    await http.close()
    return found


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


def report(found: Evidence, columns: int) -> None:
    """Print weights, and precision, recall and F1 at several bars on the questions that were held back."""
    rows, labels = np.array(found.rows)[:, :columns], np.array(found.labels)
    held, questions = np.array(found.held_back), np.array(found.questions)
    weights = fit(rows[~held], labels[~held])
    for name, value in zip(("bias", *FEATURES), weights, strict=False):
        print(f"  {name}: {value:.3f}")  # noqa: T201
    best: dict[int, tuple[float, bool]] = {}
    for question, score, label in zip(questions[held], rows[held] @ weights, labels[held], strict=True):
        best[question] = max(best.get(question, (-np.inf, False)), (score, bool(label)))
    due = sum(found.covered[question] for question in best)
    for bar in BARS:
        said = [right for score, right in best.values() if 1 / (1 + np.exp(-score)) >= bar]
        precision, recall = sum(said) / max(1, len(said)), sum(said) / due
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
    found = asyncio.run(evidence(labelled, Settings()))
    held = len({one for one, out in zip(found.questions, found.held_back, strict=True) if out})
    print(f"# {len(found.covered)} questions, {held} of them held back")  # noqa: T201
    for title, columns in (("with_vectors", len(FEATURES) + 1), ("without_vectors", len(WORDS_ONLY) + 1)):
        print(f"{title}:")  # noqa: T201
        report(found, columns)


if __name__ == "__main__":
    main()
