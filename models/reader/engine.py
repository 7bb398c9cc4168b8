"""The reader at work: how urgent a message sounds, by the multilingual encoder with our adapter and head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from models.adapters import merged
from models.reader.messages import ACUITIES

LONGEST = 192
"""Tokens of a message that are read at once; a longer one is read in pieces that overlap."""
_OVERLAP = 48
_AT_ONCE = 16


class Reader:
    """Messages to the probability of each acuity."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self.labels = ACUITIES
        names = [str(model.config.id2label[number]) for number in range(model.config.num_labels)]
        if set(names) != set(ACUITIES) or len(names) != len(ACUITIES):
            raise ValueError(f"the labels are {', '.join(names)}; a reader gives {', '.join(ACUITIES)}")
        self._order = [names.index(acuity) for acuity in ACUITIES]

    @classmethod
    def load(cls, base: str, adapter: Path, embeddings: Any = None) -> Reader:
        """Our adapter on the encoder `base`, which may lend its word embeddings (they are not tuned, and most of it).

        OSError or ValueError when it is not there or does not fit.
        """
        model = merged(classifier(base), str(adapter))
        if embeddings is not None:
            model.base_model.embeddings = embeddings
        return cls(model, AutoTokenizer.from_pretrained(base))

    @classmethod
    def whole(cls, source: str) -> Reader:
        """Any sequence classifier by folder or hub id whose labels are the four acuities."""
        model = AutoModelForSequenceClassification.from_pretrained(source, dtype=torch.float32)
        return cls(model, AutoTokenizer.from_pretrained(source))

    @property
    def limit(self) -> int:
        """Most tokens of one message."""
        return 8 * LONGEST

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each message."""
        return [len(row) for row in self._tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]]

    def classify(self, texts: Sequence[str]) -> list[list[float]]:
        """For each message the probability of each acuity, the most urgent first.

        Of a message that is read in pieces the most alarming piece counts.
        """
        pieces = self._tokenizer(
            list(texts), truncation=True, max_length=LONGEST, stride=_OVERLAP, return_overflowing_tokens=True
        )
        owners = pieces.pop("overflow_to_sample_mapping", range(len(texts)))
        order = sorted(range(len(owners)), key=lambda number: len(pieces["input_ids"][number]))
        rows: dict[int, list[float]] = {}
        for start in range(0, len(order), _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            for number, row in zip(chosen, self._probabilities(pieces, chosen), strict=True):
                known = rows.get(owners[number])
                rows[owners[number]] = row if known is None or _alarm(row) > _alarm(known) else known
        return [rows[number] for number in range(len(texts))]

    def _probabilities(self, pieces: Any, chosen: Sequence[int]) -> list[list[float]]:
        part = {name: [pieces[name][number] for number in chosen] for name in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            logits = self._model(**self._tokenizer.pad(part, return_tensors="pt")).logits
        shares: list[list[float]] = logits.float().softmax(-1)[:, self._order].tolist()
        return shares


def _alarm(row: Sequence[float]) -> float:
    return row[0] + 0.5 * row[1]


def classifier(base: str) -> Any:
    """The encoder with a fresh head for the four acuities."""
    names = dict(enumerate(ACUITIES))
    return AutoModelForSequenceClassification.from_pretrained(
        base,
        id2label=names,
        label2id={name: number for number, name in names.items()},
        dtype=torch.float32,
    )
