"""Misspelt words: one wrong, missing, extra or swapped letter, or letters drawn out (paaain)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
# Short words have too many neighbours that are words of their own.
SHORTEST = 5


class Spelling:
    """Finds the lexicon's words that a misspelt one may stand for. `real` are words to leave alone."""

    def __init__(self, vocabulary: Iterable[str], real: Iterable[str]) -> None:
        self._vocabulary = frozenset(vocabulary)
        self._real = frozenset(real)
        self._by_deletion: dict[str, set[str]] = {}
        for word in self._vocabulary:
            if len(word) >= SHORTEST:
                for key in _deletions(word):
                    self._by_deletion.setdefault(key, set()).add(word)

    def corrections(self, word: str) -> tuple[str, ...]:
        """Words of the lexicon one slip away; nothing for a word that is right as it stands."""
        if word in self._vocabulary or word in self._real:
            return ()
        short = {_DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)} & self._vocabulary
        if short:
            return tuple(sorted(short))
        if not SHORTEST <= len(word) <= 24:
            return ()
        near: set[str] = set()
        for key in _deletions(word):
            near |= self._by_deletion.get(key, set())
        return tuple(sorted(other for other in near if _one_slip(word, other)))


def _deletions(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def _one_slip(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1 or left[0] != right[0]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    if len(left) != len(right):
        long, short = (left, right) if len(left) > len(right) else (right, left)
        return long[at + 1 :] == short[at:]
    swapped = left[at : at + 2] == right[at : at + 2][::-1] and left[at + 2 :] == right[at + 2 :]
    return swapped or left[at + 1 :] == right[at + 1 :]
