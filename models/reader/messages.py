"""The labelled messages that the reader learns from: `data/triage/messages/*.jsonl`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.settings import ROOM

ACUITIES = ("emergency", "urgent", "routine", "self_care")
"""The labels, most urgent first; their order is the order of the reader's probabilities."""

MESSAGES = ROOM.parent / "data" / "triage" / "messages"
_FEWEST = 5


class DataError(Exception):
    """The messages cannot be trained on; the message names file and line."""


@dataclass(frozen=True)
class Message:
    """One patient message with the acuity it should get. `file` is the name of the file that it stands in."""

    text: str
    acuity: str
    lang: str
    file: str


def read(folder: Path = MESSAGES) -> list[Message]:
    """Every message. DataError when a line is broken or there are too few."""
    messages = [message for path in sorted(folder.glob("*.jsonl")) for message in _lines(path)]
    if not messages:
        raise DataError(f"{folder}: there are no messages (*.jsonl, one object with text and acuity a line).")
    counts = Counter(message.acuity for message in messages)
    if few := [acuity for acuity in ACUITIES if counts[acuity] < _FEWEST]:
        raise DataError(f"{folder}: fewer than {_FEWEST} messages of the acuity {', '.join(few)}.")
    return messages


def split(messages: Sequence[Message], share: float, rounds: Sequence[int]) -> tuple[list[Message], list[Message]]:
    """Messages to learn from, and messages kept out: a share of all, chosen by their words so that the choice never
    changes, and every message of the `rounds`."""
    held = {f"round_{number}" for number in rounds}
    kept_out = [message for message in messages if message.file in held or _draw(message.text) < share]
    chosen = set(map(id, kept_out))
    return [message for message in messages if id(message) not in chosen], kept_out


def _draw(text: str) -> float:
    """A number from 0 to 1 that depends on the text alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0x1_0000_0000


def _lines(path: Path) -> Iterator[Message]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, acuity = str(row["text"]), row["acuity"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}:{number}: not an object with text and acuity.") from error
        if acuity not in ACUITIES:
            raise DataError(f"{path}:{number}: the acuity is none of {', '.join(ACUITIES)}.")
        yield Message(text, acuity, str(row.get("lang") or ""), path.stem)
