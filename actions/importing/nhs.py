"""NHS-style pages as JSON: section by section (lines or a list), or as the NHS website's content API gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .document import BadInput, Document, Item, Section, faulty
from .html import read_html
from .jsonfiles import Record, records
from .prose import Block, Items, flat, prose

_SECTIONS = {
    "overview": "What is it: {}?",
    "symptoms": "Symptoms of {}",
    "causes": "Causes of {}",
    "when_to_seek_help": "When to get help for {}",
    "self_care": "What you can do yourself about {}",
    "treatment": "Treatment of {}",
    "prevention": "Preventing {}",
    "lifestyle_tips": "Living with {}",
}
_OVERVIEW = "Overview - "
_END = tuple(".!?:")


def read_nhs(path: Path) -> Iterator[Item]:
    """One document for each page."""
    for place, record in records(path):
        if isinstance(record, BadInput):
            yield faulty(place, record)
            continue
        key = str(record.get("source_url") or record.get("url") or place)
        content = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
        yield Item(key, content, partial(_document, record, place))


def _document(record: Record, place: str) -> Document:
    if isinstance(record.get("condition"), str):
        return _sections(record, place)
    if isinstance(record.get("name"), str):
        return _content_api(record, place)
    raise BadInput(place, "an NHS page needs 'condition' (its sections by name) or 'name' (the content API's form).")


def _sections(record: Record, place: str) -> Document:
    title = flat(record["condition"]).removeprefix(_OVERVIEW)
    found: list[Section] = []
    said: set[str] = set()
    for name, heading in _SECTIONS.items():
        texts = _texts(record.get(name), name, place)
        shown = heading.format(title.lower() if title[1:].islower() else title)
        # the same advice is often given under two sections
        own = tuple(one for one in prose(_blocks(texts), shown) if one not in said)
        said.update(own)
        if own:
            found.append(Section(shown, own))
    return Document(title, tuple(found), str(record.get("source_url") or ""), licence=str(record.get("licence") or ""))


def _texts(value: Any, name: str, place: str) -> Sequence[str]:
    texts = [value] if isinstance(value, str) else value or []
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BadInput(place, f"'{name}' must be a text or a list of texts.")
    return texts


def _blocks(texts: Sequence[str]) -> Iterator[Block]:
    """Texts without a full stop are the items of a list."""
    items: list[str] = []
    for text in filter(None, map(flat, texts)):
        if not text.endswith(_END):
            items.append(text)
            continue
        if items:
            yield Items(tuple(items))
            items = []
        yield text
    if items:
        yield Items(tuple(items))


def _content_api(record: Record, place: str) -> Document:
    title = flat(record["name"]).removeprefix(_OVERVIEW)
    sections = tuple(one for part in _parts(record) for one in _html_sections(part))
    if not sections:
        raise BadInput(place, "no part of this page has a 'text'.")
    alternate = record.get("alternativeHeadline") or record.get("alternateName") or ()
    aliases = (alternate,) if isinstance(alternate, str) else tuple(str(one) for one in alternate)
    return Document(title, sections, str(record.get("url") or ""), aliases, str(record.get("inLanguage") or "")[:2])


def _parts(record: Record) -> Iterator[Record]:
    """Every part that has a text, however deep, in its order."""
    for name in ("hasPart", "mainEntityOfPage"):
        for part in record.get(name) or ():
            if isinstance(part, dict):
                if isinstance(part.get("text"), str):
                    yield part
                yield from _parts(part)


def _html_sections(part: Record) -> Iterator[Section]:
    heading = flat(str(part.get("headline") or part.get("name") or ""))
    yield from read_html(part["text"], heading).sections
