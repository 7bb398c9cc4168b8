"""The small language in which wordings are written (docs/triage.md explains it to clinicians).

crushing chest pain          these words, one after the other
<pain> ... <chest>           a word of one set, then up to 4 other words, then a word of another
<chest> ...6 (gone|went) tight     alternatives on the spot, a gap of up to 6 words
<chest> & <pain> & sudden*   all of them in any order, near each other; * stands for any ending
took <number> paracetamol    any number, in digits or words
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .text import fold, is_filler
from .verdict import Lang

Phrase = tuple[str, ...]
Term = frozenset[Phrase]

_PART = re.compile(r"(?P<set><[^>]*>)|(?P<alt>\([^)]*\))|(?P<gap>\.\.\.(?P<gap_n>\d+)?)|(?P<all>&)|(?P<plain>[^<(&.]+)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*\*?|\d+|[\u3400-\u9fff]")
NUMBER = "#"

# Chinese counts characters, English words: a gap of four English words is about five characters.
GAP: dict[Lang, int] = {"en": 4, "zh": 5}
WINDOW: dict[Lang, int] = {"en": 7, "zh": 10}


class WordingError(ValueError):
    """A wording that cannot be read; the message is a plain sentence."""


@dataclass(frozen=True)
class Step:
    """One term of a sequence and how many other tokens may stand before it."""

    term: Term
    gap: int


@dataclass(frozen=True)
class Wording:
    """Sequences that must all occur; `window` is how far apart they may be."""

    parts: tuple[tuple[Step, ...], ...]
    window: int


def phrase(text: str, simplified: Mapping[int, str]) -> Phrase:
    """The tokens of a plain wording, as `text.tokenise` gives them for a message."""
    folded = fold(text, simplified)
    found = ((one[0].replace("'", ""), *one.span()) for one in _WORD.finditer(folded))
    return tuple(
        word
        for word, start, end in found
        if not is_filler(word, folded[max(0, start - 1) : start], folded[end : end + 1])
    )


def alternatives(text: str, sets: Mapping[str, Term], simplified: Mapping[int, str]) -> Term:
    """The phrases of `a|b|<set>`. Filler words among them fall away, as they do in messages."""
    found: set[Phrase] = set()
    for item in text.split("|"):
        item = item.strip()
        if item.startswith("<"):
            found |= _set(item, sets)
        else:
            found |= _spellings(phrase(item, simplified))
    found.discard(())
    if not found:
        raise WordingError(f"'{text.strip()}' holds no word that counts.")
    return frozenset(found)


def parse(text: str, lang: Lang, sets: Mapping[str, Term], simplified: Mapping[int, str]) -> Wording:
    """Read one wording. Raises WordingError."""
    for inside in re.findall(r"\([^)]*", text):
        if "(" in inside[1:] or "..." in inside or "&" in inside:
            raise WordingError(f"inside brackets only words, sets and | may stand: '{inside})'.")
    parts: list[tuple[Step, ...]] = []
    steps: list[Step] = []
    gap = 0
    at = 0
    for found in _PART.finditer(text):
        if text[at : found.start()].strip():
            raise WordingError(f"'{text[at : found.start()].strip()}' cannot be read in the wording '{text}'.")
        at = found.end()
        kind = found.lastgroup if found.lastgroup != "gap_n" else "gap"
        if kind == "all":
            parts.append(_closed(steps, gap, text))
            steps, gap = [], 0
        elif kind == "gap":
            gap = int(found["gap_n"]) if found["gap_n"] else GAP[lang]
        elif (term := _term(kind, found.group(), sets, simplified)) is not None:
            steps.append(Step(term, gap if steps else 0))
            gap = 0
    if text[at:].strip():
        raise WordingError(f"'{text[at:].strip()}' cannot be read in the wording '{text}'.")
    parts.append(_closed(steps, gap, text))
    return Wording(tuple(parts), WINDOW[lang])


def _term(kind: str | None, text: str, sets: Mapping[str, Term], simplified: Mapping[int, str]) -> Term | None:
    if kind == "set":
        return _set(text, sets)
    if kind == "alt":
        return alternatives(text[1:-1], sets, simplified)
    words = phrase(text, simplified)
    return _spellings(words) if words else None


def _spellings(words: Phrase) -> Term:
    """疼得受不了 is as often written 疼的受不了, and 的 falls away in messages."""
    without = tuple(word for at, word in enumerate(words) if word != "得" or at == len(words) - 1)
    return frozenset((words, without))


def _set(text: str, sets: Mapping[str, Term]) -> Term:
    name = text.strip("<> ")
    if name == "number":
        return frozenset(((NUMBER,),))
    if name not in sets:
        raise WordingError(f"there is no set of words called '{name}'.")
    return sets[name]


def _closed(steps: list[Step], gap: int, text: str) -> tuple[Step, ...]:
    if not steps or gap:
        raise WordingError(f"a part of the wording '{text}' holds no word.")
    return tuple(steps)
