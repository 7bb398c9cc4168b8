"""Checks a sentence of the generator against the passages before anyone sees it.

A sentence passes when one of the passages holds it, word by word but for a few words that change nothing. Numbers,
units, medicines, negations, conditions and the members of a list are words like any other, so they have to be there, in
order, and none may be missing. What the check cannot judge does not pass.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .words import fold, language_of

FREE = frozenset(("a", "an", "the", "also", "please", "then", "just"))
"""Words that may be added or left out without a change of meaning. Modal verbs and hedges are not among them."""
FREE_HAN = frozenset("的了也请")

_WORD = re.compile(r"\d+(?:[.,/]\d+)*|[a-z]+(?:'[a-z]+)?|[\u3400-\u9fff]|[%<>=~]")
_LEAK = re.compile(
    r"\[\d*\]?|\]|\bquestion:|\bpassages?\b|问题：|资料编号|照抄|编号的资料|<\||\|>|\bassistant\b|\bsystem:"
    r"|\bas an ai\b|#{2,}|```|https?:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Checked:
    """What came of one sentence. `passage` is the index of the passage that holds it; `reason` says why it failed."""

    text: str
    passage: int | None
    reason: str = ""
    source: str = ""
    """The passage's own sentence."""

    @property
    def passed(self) -> bool:
        return self.passage is not None


def tokens(text: str) -> list[str]:
    """Words, numbers and Han characters, folded; units stay beside their numbers as words of their own."""
    return _WORD.findall(fold(text))


def meaningful(text: str) -> list[str]:
    """The tokens that have to match."""
    return [token for token in tokens(text) if token not in FREE and token not in FREE_HAN]


def check(
    text: str, cited: Sequence[int], passages: Sequence[Sequence[str]], lang: str, before: Sequence[str]
) -> Checked:
    """Check one sentence: `cited` are numbers from 1 as the generator wrote them, `passages` the sentences of each.

    `before` are the sentences already shown.
    """
    text = text.strip()
    reason = _form(text, cited, len(passages), lang)
    if reason:
        return Checked(text, None, reason)
    own = meaningful(text)
    if any(_same(own, meaningful(one)) for one in before):
        return Checked(text, None, "repeated")
    order = [n - 1 for n in cited] + [at for at in range(len(passages)) if at + 1 not in cited]
    for at in order:
        for source in passages[at]:
            if own == meaningful(source):
                # shown in the page's own words: what differs is at most an article or a comma
                return Checked(source, at, "", source)
    return Checked(text, None, _why(own, [source for passage in passages for source in passage]))


def _form(text: str, cited: Sequence[int], count: int, lang: str) -> str:
    if not text or len(meaningful(text)) < 2:
        return "empty"
    if not cited:
        return "uncited"
    if any(not 1 <= n <= count for n in cited):
        return "cites what is not there"
    if _LEAK.search(text):
        return "leaks the prompt"
    if language_of(text) != lang:
        return "wrong language"
    if text[-1] not in ".!?。！？":
        return "cut off"
    return ""


def _same(one: list[str], other: list[str]) -> bool:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() > 0.9


_NEGATION = re.compile(r"not|no|never|\w+n't|cannot|without|nor|neither|[不没勿未无别禁]")
_CONDITION = re.compile(
    r"if|unless|only|except|until|when|while|before|after|under|over|above|below|least|most|more|less|fewer|or"
    r"|[若果除才仅只当前后]"
)


def _why(own: list[str], sources: Sequence[str]) -> str:
    """Names what is wrong against the nearest sentence, for figures and for training; never lets anything pass."""
    ranked = [(difflib.SequenceMatcher(None, own, meaningful(source), autojunk=False), source) for source in sources]
    if not ranked:
        return "unsupported"
    matcher, nearest = max(ranked, key=lambda pair: pair[0].ratio())
    if matcher.ratio() < 0.6:
        return "unsupported"
    theirs = meaningful(nearest)
    added, lost = set(own) - set(theirs), set(theirs) - set(own)
    changed = added | lost
    if any(token[0].isdigit() for token in changed):
        return "number changed"
    if any(_NEGATION.fullmatch(token) for token in changed):
        return "negation changed"
    if any(_CONDITION.fullmatch(token) for token in changed):
        return "condition changed"
    if lost and not added:
        return "incomplete"
    return "words changed"
