"""Cuts text into sentences, English or Chinese."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"[^。！？]*[。！？]+[”」』）]*")
_ENGLISH_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(\[])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|vs|etc|approx|No|St)|\b[A-Z])\.$")


def split(text: str, lang: str) -> list[str]:
    """The sentences of `text` in order; a rest without a full stop is left out."""
    flat = " ".join(text.split())
    return _chinese(flat) if lang == "zh" else _english(flat)


def _chinese(text: str) -> list[str]:
    return [match.group().strip() for match in _CHINESE.finditer(text) if match.group().strip()]


def _english(text: str) -> list[str]:
    found: list[str] = []
    for piece in _ENGLISH_END.split(text):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return [piece for piece in found if piece.endswith((".", "!", "?"))]


def normal(text: str) -> str:
    """The words alone, for comparing: case, spaces and punctuation do not count."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
