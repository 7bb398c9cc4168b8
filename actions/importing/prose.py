"""Paragraphs and lists become whole sentences, and sentences become passages of a length that can be shown.

A list never parts from the line that introduces it: "Do not: drink alcohol; drive." An item alone may say the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from actions.answering.pages import LONGEST
from actions.answering.words import language_of, sentences

_BULLET = re.compile(r"^\s*(?:[-*•·▪◦‣●–]|\d{1,2}[.)])\s+")
_ENDS = ".!?。！？"
_LEADS = (":", "：")
_INSIDE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*(?=.)")
_INLINE = re.compile(r"(?<=[.!?])\s+-\s+(?=[A-Z])")
_DENIES = re.compile(r"\b(not|no|never|avoid|don'?t|without|stop)\b|不|勿|禁|避免|别", re.IGNORECASE)
_TOO_LONG = 1.5
"""A sentence may be so many times longer than a passage should be."""


@dataclass(frozen=True)
class Items:
    """The items of a list."""

    texts: tuple[str, ...]


Block = str | Items


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of plain text: one paragraph a line, lists by their bullets."""
    items: list[str] = []
    for line in _INLINE.sub("\n- ", text).splitlines():
        if _BULLET.match(line):
            items.append(_BULLET.sub("", line))
        elif line.strip():
            if items:
                yield Items(tuple(items))
                items = []
            yield line
    if items:
        yield Items(tuple(items))


def prose(blocks: Iterable[Block], heading: str) -> tuple[str, ...]:
    """Whole sentences; a list is joined with the line before it that ends in a colon, or with the heading."""
    found: list[str] = []
    lead = ""
    for block in blocks:
        if isinstance(block, Items):
            found += (
                _whole(block) if not lead and _stands_alone(block, heading) else listed(lead or heading, block.texts)
            )
            lead = ""
            continue
        text = f"{lead} {flat(block)}".strip() if flat(block) else lead
        lead = text if text.endswith(_LEADS) else ""
        if text and not lead:
            found.append(ended(text))
    if lead:
        found.append(ended(lead.rstrip(":： ")))
    return tuple(dict.fromkeys(found))


def _stands_alone(items: Items, heading: str) -> bool:
    """Whether each item is a whole sentence, under a heading that turns none of them round."""
    return not _DENIES.search(heading) and all(flat(text)[-1:] in tuple(_ENDS) for text in items.texts if flat(text))


def _whole(items: Items) -> list[str]:
    return [flat(text) for text in items.texts if flat(text)]


def listed(lead: str, items: Sequence[str]) -> Iterator[str]:
    """A list as sentences of a length that can be shown, each with the line that introduces it."""
    texts = [_item(item) for item in items if flat(item)]
    if not texts:
        return
    lang = language_of(lead + "".join(texts))
    begin = flat(lead).rstrip(":：?？.。 ")
    colon, semicolon, stop = ("：", "；", "。") if lang == "zh" else (": ", "; ", ".")
    portion: list[str] = []
    for text in texts:
        if portion and length(semicolon.join((begin, *portion, text)), lang) > LONGEST[lang]:
            yield f"{begin}{colon if begin else ''}{semicolon.join(portion)}{stop}"
            portion = []
        portion.append(text)
    yield f"{begin}{colon if begin else ''}{semicolon.join(portion)}{stop}"


def _item(text: str) -> str:
    """An item without a full stop inside, at which it could be cut off from its introduction."""
    inside = _INSIDE.sub("; ", flat(text))
    return re.sub(r"[.!?](?=; )|[。！？](?=; )", "", inside).rstrip(".;,。；，! ")


def flat(text: str) -> str:
    """On one line, single spaces."""
    return " ".join(text.split())


def ended(text: str) -> str:
    """With a full stop at its end."""
    if text[-1] in _ENDS or (text[-1] in "\"')”’）」" and text[-2:-1] in tuple(_ENDS)):
        return text
    return text.rstrip(",;:，；：") + ("。" if language_of(text) == "zh" else ".")


def length(text: str, lang: str) -> int:
    """Words in English, characters in Chinese."""
    return len(text.split()) if lang == "en" else len(text)


def too_long(sentence: str, lang: str) -> bool:
    """Whether a sentence has no bearable length: it is a table without its lines, or a fault."""
    return length(sentence, lang) > _TOO_LONG * LONGEST[lang]


def passages(paragraphs: Iterable[str], lang: str) -> Iterator[str]:
    """Paragraphs put together or cut at the ends of sentences. What is too long is left out."""
    glue = " " if lang == "en" else ""
    portion = ""
    for sentence in (one for paragraph in paragraphs for one in sentences(paragraph)):
        if too_long(sentence, lang):
            continue
        longer = f"{portion}{glue}{sentence}" if portion else sentence
        if portion and length(longer, lang) > LONGEST[lang]:
            yield portion
            longer = sentence
        portion = longer
    if portion:
        yield portion
