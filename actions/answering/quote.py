"""The way out, and the completion: the passages' own sentences, chosen without any model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .shelf import Search
from .topic import Passage
from .words import Lexicon, fold

MOST = 5
"""Sentences of an answer, but for warnings, which are never cut."""

LEAST = 3
"""Sentences of an answer where the passage has as many: a small model stops too early."""

_WARNING = re.compile(
    r"\b(999|911|112|111|a&e|emergency (room|department)|call|get urgent|urgently|see a (gp|doctor))\b"
    r"|\b(never|do not|check)\b|120|急诊|就医|去医院|看医生|不要|禁|不能|先问"
)
_DOSE = re.compile(
    r"\d ?(mg|g|kg|ml|units?|tablets?|puffs?|hours?|times)\b|\b(maximum|doses?)\b"
    r"|\d(毫克|克|片|粒|次|小时|毫升)|剂量|超过"
)


@dataclass(frozen=True)
class Choice:
    """A sentence of a passage: `passage` counts from 0."""

    text: str
    passage: int


class Quoter:
    """Chooses sentences by the words they share with the question."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def key_sentence(self, search: Search, passage: Passage) -> str:
        """The sentence of the passage that says most of what was asked; the first one of equals."""
        return max(passage.sentences, key=lambda sentence: self._shared(search, sentence))

    def _shared(self, search: Search, sentence: str) -> float:
        return sum(search.terms.get(key, 0.0) for key in set(self._lexicon.keys(sentence)))

    def quote(self, search: Search, passages: Sequence[Passage]) -> list[Choice]:
        """The best passage whole, and the key sentence of a later one where it says more of what was asked."""
        chosen = [Choice(sentence, 0) for sentence in passages[0].sentences]
        best = max(self._shared(search, one.text) for one in chosen)
        for at, passage in enumerate(passages[1:], 1):
            key = self.key_sentence(search, passage)
            # one warning out of several is half a warning
            if len(chosen) < MOST and self._shared(search, key) > best and not is_warning(key):
                chosen.append(Choice(key, at))
        return chosen

    def missing(self, search: Search, passages: Sequence[Passage], shown: Sequence[Choice]) -> list[Choice]:
        """What generated sentences left out.

        The rest of the warnings or doses that they began, the key sentence, and the best passage's next ones up to
        LEAST.
        """
        have = {(one.passage, one.text) for one in shown}
        wanted: list[Choice] = []
        for at in dict.fromkeys(one.passage for one in shown):
            for together in (is_warning, is_dose):
                if any(together(one.text) for one in shown if one.passage == at):
                    wanted += [Choice(text, at) for text in passages[at].sentences if together(text)]
        wanted.append(Choice(self.key_sentence(search, passages[0]), 0))
        lacking = LEAST - len(shown) - len(_new(wanted, have))
        if lacking > 0:
            taken = have | {(one.passage, one.text) for one in wanted}
            rest = _new([Choice(text, 0) for text in passages[0].sentences], taken)
            wanted += sorted(rest, key=lambda one: -self._shared(search, one.text))[:lacking]
        return _new(wanted, have)


def _new(wanted: Iterable[Choice], have: set[tuple[int, str]]) -> list[Choice]:
    return [one for one in dict.fromkeys(wanted) if (one.passage, one.text) not in have]


def is_warning(text: str) -> bool:
    """Whether a sentence says when to get help or what not to do: such sentences of a passage belong together."""
    return bool(_WARNING.search(fold(text)))


def is_dose(text: str) -> bool:
    """Whether a sentence says how much or how often: the most per day belongs to the dose."""
    return bool(_DOSE.search(fold(text)))
