"""Makes a follow-up question ("and for my 3-year-old?") stand alone, with the patient's question before it."""

from __future__ import annotations

import re

from .answer import Question
from .words import Lexicon, fold

_OPENS = re.compile(
    r"^(and|what about|how about|but|also|what if|or|then|is that|does (it|that)|can (it|that|they)|so)\b"
    r"|^(那|那么|如果|要是|还有|这个|它)"
)
_BACKWARD = re.compile(r"\b(it|that|this|them|those|one|she|he|they)\b|它|这个|那个|这种|这样|她|他")
_FEW = 2
"""A text with fewer telling words than this does not say what it is about."""


def standalone(question: Question, lexicon: Lexicon) -> str:
    """The question as it is searched: with the patient's last one in front where it leans on it."""
    if not leans(question.text, lexicon):
        return question.text
    for said in reversed(question.history):
        if said.speaker == "patient" and said.text.strip() and said.text.strip() != question.text.strip():
            return f"{said.text.strip()} {question.text.strip()}"
    return question.text


def leans(text: str, lexicon: Lexicon) -> bool:
    """Whether a question cannot be understood by itself."""
    folded = fold(text).strip()
    telling = {key for key in lexicon.keys(text) if not key[0].isdigit()}
    if len(telling) < _FEW and (_OPENS.match(folded) or _BACKWARD.search(folded) or not telling):
        return True
    return bool(_OPENS.match(folded)) and len(telling) <= _FEW
