"""Trains the reader: `python -m models.reader.train`.

Reads every `*.jsonl` of `data/triage/messages` (one message a line, fields `text` and `acuity`), turns the messages
into vectors with the embedder, and fits a linear head on them. The embedder itself stays as it is. Writes the head and
its card with the figures of a five-fold cross-validation.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from click import echo
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import classification_report  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]

from models.embedder.engine import Embedder
from models.reader.engine import Head
from models.settings import ROOM, Settings

ACUITIES = ("emergency", "urgent", "routine", "self_care")
MESSAGES = ROOM.parent / "data" / "triage" / "messages"
_FOLDS = 5


class DataError(Exception):
    """The messages cannot be trained on; the message names file and line."""


def read(folder: Path) -> list[tuple[str, str]]:
    """Text and acuity of every message. DataError when a line is broken or there are too few."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path)]
    if not rows:
        raise DataError(f"{folder}: there are no messages (*.jsonl, one object with text and acuity a line).")
    counts = Counter(acuity for _, acuity in rows)
    if few := [acuity for acuity in ACUITIES if counts[acuity] < _FOLDS]:
        raise DataError(f"{folder}: fewer than {_FOLDS} messages of the acuity {', '.join(few)}.")
    return rows


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, acuity = str(row["text"]), row["acuity"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}:{number}: not an object with text and acuity.") from error
        if acuity not in ACUITIES:
            raise DataError(f"{path}:{number}: the acuity is none of {', '.join(ACUITIES)}.")
        yield text, acuity


def fit(vectors: NDArray[np.float32], acuities: Sequence[str]) -> tuple[Head, dict[str, Any]]:
    """The head, and per acuity precision, recall and F1 on messages that it was not fitted on."""
    regression = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    guessed = cross_val_predict(regression, vectors, acuities, cv=folds)
    report: dict[str, Any] = classification_report(acuities, guessed, output_dict=True, zero_division=0)
    regression.fit(vectors, acuities)
    labels = tuple(str(label) for label in regression.classes_)
    weight, bias = (np.ascontiguousarray(part, np.float32) for part in (regression.coef_, regression.intercept_))
    return Head(labels, weight, bias), report


def card(report: dict[str, Any], count: int) -> str:
    """The model card."""
    rows = "\n".join(
        f"| {name} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1-score']:.2f} | {row['support']:.0f} |"
        for name, row in report.items()
        if isinstance(row, dict)
    )
    return f"""# Model card: careline-reader

Written by `python -m models.reader.train`. A linear head over the embedder's vector of a patient's message; it says
how urgent the message sounds. It may raise what the rules said, never lower it. Trained on the {count} labelled
messages of `data/triage/messages`.

Five-fold cross-validation:

| acuity | precision | recall | F1 | messages |
|---|---|---|---|---|
{rows}

Limits: it sees one message and no history; it was fitted on messages written for this project, not on those of a
hospital. Not a medical device.
"""


def main() -> int:
    """Train; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=MESSAGES)
    parser.add_argument("--out", type=Path, default=ROOM / "reader" / "head")
    options = parser.parse_args()
    try:
        rows = read(options.data)
    except DataError as problem:
        echo(problem, err=True)
        return 1
    echo(f"reading {len(rows)} messages")
    embedder = Embedder(Settings().embedder_source)
    head, report = fit(embedder.encode_as("query", [text for text, _ in rows]), [acuity for _, acuity in rows])
    head.save(options.out)
    (options.out / "CARD.md").write_text(card(report, len(rows)), encoding="utf-8")
    echo(f"macro F1 {report['macro avg']['f1-score']:.2f}; written to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
