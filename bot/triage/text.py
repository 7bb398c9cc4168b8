"""A message as the matcher sees it: tokens in one script and one spelling, with their places kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from .verdict import Lang

# A word, a number, one Han character, the end of a sentence, or a pause inside one.
_TOKEN = re.compile(
    r"(?P<word>[a-z]+(?:'[a-z]+)*'?)|(?P<number>\d+(?:\.\d+)?)|(?P<han>[\u3400-\u9fff])"
    r"|(?P<stop>[.!?。！？\n\r…]+)|(?P<pause>[,;:，；：、()—|/+~\-]+)"
)
_WILL_NOT, _CAN_NOT = re.compile(r"\bwill not\b"), re.compile(r"\bcan ?not\b")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")

# Words that carry no meaning here and stand between those that do; dropped from wordings and messages alike.
FILLERS = frozenset(
    "a an the really very so just quite pretty literally actually totally absolutely extremely fucking freaking "
    "damn fkn effing proper rather um erm uh kinda sorta basically honestly also even some lil".split()
) | frozenset("的地很啊呀呢嘛哦")

# Where they are part of a word: 倒地, 地上, 猛地, 很多.
_KEPT_AFTER = frozenset("倒落着当本外各坐跪蹲躺工场草满一遍实产墓就此扑触猛忽原基营内")
_KEPT_BEFORE = {"地": frozenset("上方铁板下点址震面里毯砖球区图道暖段"), "很": frozenset("多大")}

SENTENCE_GAP = 1000


def is_filler(word: str, before: str, after: str) -> bool:
    """Whether a word carries no meaning here. `before` and `after` are the characters next to it, or nothing."""
    if word not in FILLERS:
        return False
    kept = _KEPT_BEFORE.get(word)
    return kept is None or not (after in kept or (word == "地" and before in _KEPT_AFTER))


@dataclass(frozen=True)
class Tokens:
    """Parallel lists, one entry per token; `places` jump at the end of a sentence so that no gap spans it."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[int, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    pauses: Mapping[int, str]
    """Tokens in front of which a pause stands, and which."""
    stems: Mapping[int, str]
    """Tokens that end in 's, without it: my arm's numb speaks of an arm, and is not two."""
    folded: str
    """The whole message in one script and case; same length as the original."""


def _letters() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table.update({0x3000: " ", 0x2019: "'", 0x2018: "'", 0x02BC: "'", 0x60: "'", 0xB4: "'", 0x2013: "-"})
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    return table


_LETTERS = _letters()


def fold(text: str, simplified: Mapping[int, str]) -> str:
    """Lower case, half width, simplified characters, no accents: same length as the text it came from."""
    folded = text.translate(_LETTERS).translate(simplified)
    # one word, like the others; its sign would part it. I'll is no illness, he'll no place: the verb stands apart
    lowered = folded.lower().replace("a&e", "aae").replace("'ll", " ll")
    lowered = _WILL_NOT.sub(lambda found: "wont".ljust(len(found[0])), lowered)
    lowered = _CAN_NOT.sub(lambda found: "cant".ljust(len(found[0])), lowered)
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in folded)


def tokenise(text: str, simplified: Mapping[int, str]) -> Tokens:
    """Split a message. Linear in its length."""
    rows: list[tuple[str, int, int, int, int, int]] = []
    pauses: dict[int, str] = {}
    stems: dict[int, str] = {}
    folded = fold(text, simplified)
    place = sentence = clause = 0
    for found in _TOKEN.finditer(folded):
        kind = found.lastgroup
        word = found[0]
        if kind == "stop":
            place, sentence, clause = place + SENTENCE_GAP, sentence + 1, clause + 1
        elif kind == "pause":
            # a hyphen inside a word (one-sided, 3-month-old) is no pause
            if word != "-" or not _inside_word(text, found.start()):
                clause += 1
                place += 1
                pauses[len(rows)] = word
        else:
            if kind == "word" and "'" in word:
                if word.endswith("'s"):
                    stems[len(rows)] = word[:-2].replace("'", "")
                word = word.replace("'", "")
            start, end = found.span()
            if word not in FILLERS or not is_filler(word, folded[max(0, start - 1) : start], folded[end : end + 1]):
                rows.append((word, start, end, place, sentence, clause))
                place += 1
    words, starts, ends, places, sentences, clauses = zip(*rows, strict=True) if rows else ((),) * 6
    return Tokens(words, starts, ends, places, sentences, clauses, pauses, stems, folded)


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()


def detect_language(text: str) -> Lang:
    """The language a reply should be in: Chinese where Han characters outnumber Latin words."""
    han = len(_HAN.findall(text))
    return "zh" if han and han >= len(_LATIN_WORD.findall(text)) else "en"
