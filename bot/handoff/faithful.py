"""Whether a sentence that a model wrote says only what the facts say. A plain check that rather drops a true sentence.

Every content word and number must stand in the facts, and what the facts deny must be denied, what they state stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.:]\d+)*|[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nor|neither|without|denie[sd]|deny|denying|absent|cannot|lacks?|ruled out)\b|n't\b"
    r"|不|没|無|无|未|否认|非"
)
_EMPTY = frozenset(
    "a an and are as at be been being but by did do does for from had has have he her him his in into is it its of on "
    "or patient patients she that the their them they this to was were which who with says said states stated "
    "reports reported reporting presents presenting presented also there been since will would should could may "
    "no not never none nor neither without denies denied deny denying absent cannot".split()
)
_EMPTY_ZH = str.maketrans("", "", "的了在和与及是有者患称诉说其他她也并且而对于为被把就都还，、")


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def supported(sentence: str, facts: Sequence[str]) -> bool:
    """Whether the facts say all that the sentence says."""
    wanted = _content(sentence)
    stated = [(_content(fact), _denies(fact)) for fact in facts]
    denies = _denies(sentence)
    if not wanted:
        return False
    for word in wanted:
        places = [negative for words, negative in stated if word in words]
        if not places or denies not in places:
            return False
    # the fact that it is nearest to decides: what stands in it must be said as it stands there
    nearest = max(stated, key=lambda each: len(wanted & each[0]) / (1 + len(each[0])))
    return nearest[1] == denies


def _content(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if "\u3400" <= word[0] <= "\u9fff":
            for run in _NEGATION.split(word):
                found |= _pairs(run.translate(_EMPTY_ZH))
        elif word not in _EMPTY:
            found.add(_stem(word))
    return frozenset(found)


def _pairs(run: str) -> set[str]:
    return {run[at : at + 2] for at in range(len(run) - 1)} or ({run} if run else set())


def _stem(word: str) -> str:
    for ending in ("'s", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _denies(text: str) -> bool:
    return len(_NEGATION.findall(text.lower())) > 0
