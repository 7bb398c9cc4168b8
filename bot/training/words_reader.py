"""Trains the reader by words, in seconds: `python -m bot.training.words_reader`.

Reads every `*.jsonl` of `data/triage/messages` and lines of everyday talk, fits a logistic regression to runs and
parts of words, and writes the weights with their figures. `--rounds 7 8` keeps these rounds out of all that it learns
from, and measures on them. The same messages give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from click import echo
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.conversation.words_reader import Weights, features_of
from bot.settings import WORDS_FILE
from bot.training.spoken import spoken
from bot.triage import Acuity
from bot.triage.ngrams import SIZE
from models.reader.everyday import everyday
from models.reader.figures import figures
from models.reader.messages import MESSAGES, DataError, Message, read, split

_STRENGTH = 10.0
"""How freely weights may grow (C). Of 3, 10 and 30 the best on hands kept out."""
_LIGHT = 0.5
"""Weight of a line of everyday talk beside a labelled message: to be known, and not to outweigh the complaints."""


@dataclass(frozen=True)
class Lessons:
    """What is learnt from, a row a message: features, acuity by its place, weight."""

    features: Any
    acuities: NDArray[np.int64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, messages: Sequence[Message], light: Sequence[Message]) -> Lessons:
        """From labelled messages, and lines of everyday talk behind them, which count less."""
        places = {acuity.value: place for place, acuity in enumerate(Acuity)}
        learnt = [*messages, *light]
        weights = [1.0] * len(messages) + [_LIGHT] * len(light)
        return cls(_matrix(learnt), np.array([places[message.acuity] for message in learnt]), np.array(weights))

    def fit(self, chosen: NDArray[np.bool_] | None = None) -> Weights:
        """Weights from all rows, or from those chosen."""
        rows = np.ones(len(self.acuities), bool) if chosen is None else chosen
        model = LogisticRegression(C=_STRENGTH, max_iter=500)
        model.fit(self.features[rows], self.acuities[rows], sample_weight=self.weights[rows])
        return Weights(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def by_other_hands(lessons: Lessons, messages: Sequence[Message]) -> list[list[float]]:
    """What is said of each message by weights that were fitted without any message of its hand."""
    hands = np.array([hand(message) for message in messages] + [""] * (len(lessons.acuities) - len(messages)))
    rows: dict[int, list[float]] = {}
    for one in sorted({hand(message) for message in messages}):
        weights = lessons.fit(hands != one)
        chosen: list[int] = np.flatnonzero(hands == one).tolist()
        rows |= {at: weights.shares(messages[at].text) for at in chosen}
    return [rows[at] for at in range(len(messages))]


def hand(message: Message) -> str:
    """Who wrote a message, by its file: train_msg2_home is by train_msg2; rounds 0 to 2 are by one hand."""
    name = "_".join(message.file.split("_")[:2])
    return "rounds 0 to 2" if name in ("round_0", "round_1", "round_2") else name


def save(weights: Weights, path: Path) -> Weights:
    """Write weights in half precision; what is returned is what will be read."""
    half: dict[str, Any] = {"rows": weights.rows.astype(np.float16), "bias": weights.bias.astype(np.float16)}
    np.savez_compressed(path, **half)
    return Weights.load(path)


def _matrix(messages: Sequence[Message]) -> Any:
    numbers: list[int] = []
    weights: list[float] = []
    ends = [0]
    for message in messages:
        found = features_of(message.text)
        numbers += found
        weights += found.values()
        ends.append(len(numbers))
    return csr_matrix((weights, numbers, ends), shape=(len(messages), SIZE))


def main() -> int:
    """Train, measure, write; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=MESSAGES)
    parser.add_argument("--out", type=Path, default=WORDS_FILE)
    parser.add_argument("--rounds", type=int, nargs="*", default=[], help="rounds that are kept out, by number")
    options = parser.parse_args()
    try:
        learnt, kept_out = split(read(options.data), 0, options.rounds)
    except DataError as problem:
        echo(problem, err=True)
        return 1
    light = [*everyday(), *spoken(MESSAGES.parents[1] / "nlu")]
    lessons = Lessons.of(learnt, light)
    weights = save(lessons.fit(), options.out)
    report: dict[str, Any] = {
        "messages": len(learnt), "lines of everyday talk": len(light), "rounds kept out": options.rounds,
        "by hands that were kept out": figures(learnt, by_other_hands(lessons, learnt)),
    }  # fmt: skip
    if kept_out:
        report["rounds"] = figures(kept_out, [weights.shares(message.text) for message in kept_out])
    options.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    echo(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
