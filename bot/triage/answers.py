"""What a patient's reply to one of our own questions means."""

from __future__ import annotations

import re

from .knowledge import Knowledge
from .protocols import Ask, Option
from .verdict import Finding

_YES = frozenset("yes y yeah yep yup 是 是的 有 有的 对 对的 嗯 会 系".split()) | {"yes please", "yes i do"}
_NO = frozenset("no n nope nah none 不是 没有 否 不 没 冇 唔系".split()) | {"no i dont", "not really"}


def answered(bot_words: str, reply: str, knowledge: Knowledge) -> list[Finding]:
    """The findings that a reply decides, where the bot's last words hold one of our questions."""
    ask = _asked(bot_words, knowledge)
    option = _chosen(ask, reply) if ask else None
    if option is None:
        return []
    return [Finding(name, status, reply, 0, len(reply), "answer") for name, status in option.says.items()]


def _asked(bot_words: str, knowledge: Knowledge) -> Ask | None:
    if not bot_words:
        return None
    for ask in knowledge.protocols.questions:
        if any(text in bot_words for text in ask.text.values()):
            return ask
    return None


def _chosen(ask: Ask, reply: str) -> Option | None:
    said = _bare(reply)
    for option in ask.options:
        labels = {_bare(label) for label in option.label.values()}
        if said in labels or (labels & _YES and said in _YES) or (labels & _NO and said in _NO):
            return option
    return None


def _bare(text: str) -> str:
    return re.sub(r"[^\w\s]", "", text.casefold()).strip()
