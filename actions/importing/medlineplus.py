"""MedlinePlus: the file of all health topics (XML), topic by topic, without reading it whole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from .document import BadInput, Document, Item
from .html import read_html
from .prose import flat

_LANGUAGES = {"English": "en", "Chinese, Simplified": "zh", "Chinese": "zh"}


def read_medlineplus(path: Path) -> Iterator[Item]:
    """One document for each topic in a language that Careline speaks."""
    try:
        for _, topic in ElementTree.iterparse(path):  # noqa: S314 - expat expands no entities from outside, and few inside
            if topic.tag == "health-topic":
                if topic.get("language") in _LANGUAGES:
                    content = ElementTree.tostring(topic)
                    key = topic.get("id") or topic.get("url") or topic.get("title") or ""
                    yield Item(key, content, partial(_document, content, str(path)))
                topic.clear()
    except ElementTree.ParseError as problem:
        raise BadInput(f"{path}:{problem.position[0]}", f"this is not valid XML ({problem}).") from problem


def _document(content: bytes, path: str) -> Document:
    topic = ElementTree.fromstring(content)  # noqa: S314 - our own rendering of it
    title, url = flat(topic.get("title") or ""), topic.get("url") or ""
    place = f"{path} health-topic {topic.get('id') or '?'}"
    if not title or not url:
        raise BadInput(place, "a topic needs 'title' and 'url'.")
    aliases = tuple(flat(one.text or "") for one in topic.iter("also-called"))
    sections = read_html(topic.findtext("full-summary") or "", title).sections
    return Document(title, sections, url, tuple(filter(None, aliases)), _LANGUAGES[topic.get("language") or ""])
