"""Variants of a message for training: the same acuity in the ways that people really type."""

from __future__ import annotations

import random
from collections.abc import Sequence

from models.reader.messages import ACUITIES, Message

_MIXED = 0.15
"""Share of messages that another one is put before or after: the more urgent of the two decides."""
_TYPED = 0.12
_CASED = 0.08
_BARE = 0.08
_LONGEST = 400
_RANK = {acuity: rank for rank, acuity in enumerate(ACUITIES)}


def variant(message: Message, others: Sequence[Message], rng: random.Random) -> tuple[str, str]:
    """Text and acuity of one variant; most often the message itself."""
    text, acuity = message.text, message.acuity
    if rng.random() < _MIXED and len(text) < _LONGEST:
        text, acuity = _mixed(message, rng.choice(others), rng)
    if rng.random() < _TYPED:
        text = _typed(text, rng)
    if rng.random() < _CASED:
        text = text.upper() if rng.random() < 0.4 else text.lower()
    if rng.random() < _BARE:
        text = "".join(char for char in text if char.isalnum() or char.isspace() or char in ".%°/")
    return text or message.text, acuity


def _mixed(one: Message, other: Message, rng: random.Random) -> tuple[str, str]:
    """Two messages as one. What is said of somebody else's trouble stays as urgent as the worse of them."""
    parts = [one.text, other.text]
    rng.shuffle(parts)
    acuity = min(one.acuity, other.acuity, key=_RANK.__getitem__)
    return rng.choice(["\n", " ", "。" if "zh" in (one.lang, other.lang) else ". "]).join(parts), acuity


def _typed(text: str, rng: random.Random) -> str:
    """One to three slips of the finger."""
    letters = list(text)
    for _ in range(rng.randint(1, 3)):
        if len(letters) < 4:
            break
        at = rng.randrange(len(letters) - 1)
        if not (letters[at].isalpha() and letters[at].isascii()):
            continue
        slip = rng.random()
        if slip < 0.4:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif slip < 0.7:
            del letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)
