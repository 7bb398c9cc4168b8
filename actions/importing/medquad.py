"""MedQuAD: a folder of its XML files, or the same questions as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .document import BadInput, Document, Item, Section, faulty
from .jsonfiles import records
from .prose import blocks_of, flat, prose


def read_medquad(path: Path) -> Iterator[Item]:
    """One document for each XML file; where there is none, for each file that the JSON lines name."""
    files = [] if path.is_file() else sorted(path.rglob("*.xml"))
    if not files:
        yield from _lines(path)
        return
    for file in files:
        content = file.read_bytes()
        yield Item(file.relative_to(path).as_posix(), content, partial(_xml, content, str(file)))


def _xml(content: bytes, place: str) -> Document:
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - expat expands no entities from outside, and few inside
    except ElementTree.ParseError as problem:
        raise BadInput(f"{place}:{problem.position[0]}", f"this is not valid XML ({problem}).") from problem
    focus = flat(root.findtext("Focus") or "")
    if root.tag != "Document":
        raise BadInput(f"{place}:1", "a MedQuAD file is a <Document>.")
    pairs = [(pair.findtext("Question") or "", pair.findtext("Answer") or "") for pair in root.iter("QAPair")]
    synonyms = tuple(flat(one.text or "") for one in root.iter("Synonym"))
    return _document(focus, synonyms, root.get("url") or "", pairs)


def _lines(path: Path) -> Iterator[Item]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for place, record in records(path):
        if isinstance(record, BadInput):
            yield faulty(place, record)
            continue
        missing = [name for name in ("question", "answer", "focus") if not isinstance(record.get(name), str)]
        if missing:
            yield faulty(place, BadInput(place, f"the text '{missing[0]}' is missing."))
            continue
        groups.setdefault(str(record.get("file") or record["focus"]), []).append(record)
    for key, group in groups.items():
        content = json.dumps(group, ensure_ascii=False, sort_keys=True).encode()
        yield Item(key, content, partial(_of_records, group))


def _of_records(group: list[Mapping[str, Any]]) -> Document:
    first = group[0]
    synonyms = tuple(flat(str(one)) for one in first.get("synonyms") or ())
    pairs = [(str(one["question"]), str(one["answer"])) for one in group]
    return _document(flat(first["focus"]), synonyms, str(first.get("source_url") or ""), pairs)


def _document(focus: str, synonyms: tuple[str, ...], url: str, pairs: list[tuple[str, str]]) -> Document:
    sections = tuple(
        Section(_question(question), prose(blocks_of(answer), _question(question)))
        for question, answer in pairs
        if answer.strip()
    )
    title = focus or (_question(pairs[0][0]) if pairs else "")
    return Document(title, sections, url, tuple(one for one in synonyms if one))


def _question(text: str) -> str:
    """MedQuAD's questions stand in a template: "What is (are) Gout ?"."""
    plain = flat(text).replace(" (are)", "").replace(" ?", "?")
    return plain[:1].upper() + plain[1:]
