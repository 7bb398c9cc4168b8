"""The way out, and the completion: the passages' own sentences, chosen without any model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .pages import Passage
from .retrieve import Search
from .words import Lexicon, fold

MOST = 5
"""Sentences of an answer, but for warnings, which are never cut."""

_WARNING = re.compile(
    r"\b(999|911|112|111|a&e|emergency (room|department)|call|get urgent|urgently|see a (gp|doctor)|never|do not)\b"
    r"|120|急诊|就医|去医院|看医生|不要|禁"
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
        """What generated sentences left out: the rest of a warning they began, the key sentence, a second sentence."""
        have = {(one.passage, one.text) for one in shown}
        wanted: list[Choice] = []
        for at in dict.fromkeys(one.passage for one in shown):
            if any(is_warning(one.text) for one in shown if one.passage == at):
                wanted += [Choice(text, at) for text in passages[at].sentences if is_warning(text)]
        wanted.append(Choice(self.key_sentence(search, passages[0]), 0))
        if len(shown) + len(_new(wanted, have)) < 2:
            wanted += [Choice(text, 0) for text in passages[0].sentences[:2]]
        return _new(wanted, have)


def _new(wanted: Iterable[Choice], have: set[tuple[int, str]]) -> list[Choice]:
    return [one for one in dict.fromkeys(wanted) if (one.passage, one.text) not in have]


def is_warning(text: str) -> bool:
    """Whether a sentence says when to get help or what not to do: such sentences of a passage belong together."""
    return bool(_WARNING.search(fold(text)))
