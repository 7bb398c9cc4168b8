"""Takes out of a text what may tell who a person is: addresses, long numbers, dates, and names that are told as names.

A name that is not told as one ("Anna has a fever") stays: whoever passes texts on reads them first.
"""

from __future__ import annotations

import re

_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_NO_NAME = r"(?!(?:and|but|i|i'm|im|my|is|was|are|can|could|what|how|who|which|when|where|why|please|from)\b)"
_NAME = rf"{_NO_NAME}{_WORD}(?:[ \t]+{_NO_NAME}{_WORD}){{0,2}}"
_END = r"[\s，。,.；;！!？?、]|$"
_PATTERNS = (
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[e-mail]"),
    (r"\b(?:https?://|www\.)[\w./?&=%#:~+@-]+", "[web address]"),
    (r"(?<!\d)\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d)", "[date]"),
    (r"\d{2,4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*[日号])?", "[date]"),
    (r"(?<![a-z\d.])[(+]{0,2}\d(?:[ \t()-]{0,2}\d){6,}x?(?![a-z\d])", "[number]"),
    (r"\b[a-z]{1,3}\d{5,}\b", "[number]"),
    (r"\b[a-z]{1,2}\d[a-z\d]?[ \t]*\d[abd-hjlnp-uw-z]{2}\b", "[postcode]"),  # no unit of a dose is spelt so
    (rf"(\b(?:my|his|her|our|their)\b[^.,;!?\n]{{0,30}}?\bname(?:['’]?s| is)? ){_NAME}", r"\1[name]"),
    (rf"(\bi(?: am|['’]?m) called ){_NAME}", r"\1[name]"),
    (rf"(\b(?:mrs?|prof)\b\.? ?){_WORD}", r"\1[name]"),
    (r"(\b(?:Dr|Ms|Miss|DR|dr)\b\.? ?)(?-i:[A-Z])[\w'’-]+", r"\1[name]"),
    (rf"((?:我叫|名叫|姓名)(?:是|：|:)?\s*)(?:[\u3400-\u9fff·]{{2,4}}(?={_END})|[\u3400-\u9fff·]{{2,3}})", r"\1[name]"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), blank) for pattern, blank in _PATTERNS)


def without_identifiers(text: str) -> str:
    """The text with a word in brackets in each such place. Doses, temperatures, ages and blood pressures stay."""
    for pattern, blank in _COMPILED:
        text = pattern.sub(blank, text)
    return text
