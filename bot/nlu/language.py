"""Which language a patient asks for."""

from __future__ import annotations

import re
from typing import Literal

Lang = Literal["en", "zh"]

_NAMED = re.compile(
    r"(?P<not>(?:don'?t|do not|can'?t|cannot|not|no|from|instead of|rather than)\b"
    r"(?:(?!english|chinese|mandarin|putonghua|cantonese)[\w\s']){0,24}|"
    r"(?:不会|不懂|看不懂|听不懂|不要|不太会|不是|别|從|从)[^，,。.换改轉转]{0,4})?"
    r"(?:(?P<en>english|英文|英语|英語)|(?P<zh>chinese|mandarin|putonghua|cantonese|中文|汉语|漢語|普通话|普通話|国语|國語|华语|華語))",
    re.IGNORECASE,
)


def wanted(text: str, current: Lang) -> Lang:
    """The language that `text` asks to go on in; the other one where it names none."""
    named: list[Lang] = ["en" if match["en"] else "zh" for match in _NAMED.finditer(text) if not match["not"]]
    if named:
        return named[-1]
    refused: list[Lang] = ["en" if match["en"] else "zh" for match in _NAMED.finditer(text)]
    spoken = refused[-1] if refused else current
    return "zh" if spoken == "en" else "en"
