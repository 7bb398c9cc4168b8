"""What a patient's reply to one of our own questions means."""

from __future__ import annotations

import re

from .protocols import Ask, Option

_YES = frozenset("yes y yeah yea yep yup yh ya aye sure 是 是的 有 有的 对 对的 嗯 会 系 有啊 是啊".split())
_NO = frozenset("no n nope nah none not never 不是 没有 否 不 没 无 冇 唔系 不会 没啊 没有啊".split())
_NOT = frozenset("dont doesnt didnt isnt arent wasnt hasnt havent cant".split())
_YES_PHRASES = frozenset(
    {"i do", "i have", "it does", "it is", "it has", "i am", "she does", "he does", "she is", "he is"}
)
_UNSURE = re.compile(
    r"\b(not (really )?sure|unsure|dont know|do not know|no idea|dunno|idk|cant tell|hard to (say|tell)|maybe)\b"
    r"|不确定|不知道|不清楚|说不好|說不好|说不准|不太确定|唔知|唔清楚|可能|好像|也许"
)
_YES_ZH = re.compile(r"(是|有|对|嗯|会|系)(的|啊|呀|呢|点|一点|一些|些)?")
_NO_ZH = re.compile(r"(没|冇|不|无|否|唔系)")
_SHORT_WORDS = 6
_SHORT_CHARACTERS = 8


def chosen(ask: Ask, reply: str) -> Option | None:
    """The option that a reply means; None where it cannot be told. Only a short reply is read as yes or no."""
    said = bare(reply)
    for option in ask.options:
        if said in {bare(label) for label in option.label.values()}:
            return option
    kind = _kind(said)
    return next((option for option in ask.options if kind and kind in map(_kind, _labels(option))), None)


def is_unsure(option: Option) -> bool:
    """Whether choosing this option leaves the question open."""
    return "unsure" in map(_kind, _labels(option))


def bare(text: str) -> str:
    """Without case and punctuation."""
    return re.sub(r"[^\w\s]", "", text.casefold()).strip()


def _labels(option: Option) -> list[str]:
    return [bare(label) for label in option.label.values()]


def _kind(said: str) -> str | None:
    """yes, no or unsure; None for anything else."""
    if _UNSURE.search(said):
        return "unsure" if _is_short(said) else None
    if not _is_short(said):
        return None
    words = said.split()
    if said in _YES_PHRASES or (words and words[0] in _YES):
        return "yes"
    if words and (words[0] in _NO or _NOT & set(words)):
        return "no"
    if _NO_ZH.match(said):
        return "no"
    return "yes" if _YES_ZH.match(said) else None


def _is_short(said: str) -> bool:
    return len(said.split()) <= _SHORT_WORDS if said.isascii() else len(said) <= _SHORT_CHARACTERS
