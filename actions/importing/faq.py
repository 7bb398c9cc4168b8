"""Tables of questions and answers: CSV or XLSX, with a line of column names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from .document import BadInput, Document, Item, Section, faulty
from .prose import blocks_of, flat, prose

_COLUMNS = {
    "question": ("question", "questions", "q", "问题", "提问"),
    "answer": ("answer", "answers", "a", "答案", "回答"),
    "title": ("title", "topic", "标题", "主题"),
    "aliases": ("aliases", "also asked", "synonyms", "别名", "相似问题"),
    "url": ("url", "link", "address", "网址", "链接"),
    "lang": ("lang", "language", "语言"),
    "source": ("source", "来源"),
    "licence": ("licence", "license", "许可"),
}
_SEPARATORS = str.maketrans({"；": ";", "\n": ";"})
Row = tuple[str, Sequence[str]]
"""Its place and its cells."""


def read_faq(path: Path) -> Iterator[Item]:
    """One document for each row; a question that stands twice counts once."""
    tables = _csv(path) if path.suffix.lower() in (".csv", ".tsv") else _xlsx(path)
    seen: dict[str, str] = {}
    for table in tables:
        yield from _items(table, seen, str(path))


def _items(rows: Iterable[Row], seen: dict[str, str], path: str) -> Iterator[Item]:
    numbered = iter(rows)
    place, head = next(numbered, (path, ()))
    columns = _columns(head)
    for needed in ("question", "answer"):
        if needed not in columns:
            raise BadInput(place, f"the first row names the columns, and there is none called '{needed}'.")
    for place, cells in numbered:
        row = {name: _cell(cells, at) for name, at in columns.items()}
        if not any(row.values()):
            continue
        key = flat(row["question"]).casefold()
        if key in seen:
            problem = BadInput(place, f"the same question stands in {seen[key]}.")
            yield faulty(place, problem)
            continue
        seen[key] = place
        yield Item(key or place, json.dumps(row, sort_keys=True).encode(), partial(_document, row, place))


def _columns(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        for name, spellings in _COLUMNS.items():
            if flat(cell).casefold() in spellings:
                found.setdefault(name, at)
    return found


def _cell(cells: Sequence[str], at: int) -> str:
    """A cell, empty where the row is too short for it."""
    return cells[at].strip() if at < len(cells) else ""


def _document(row: Mapping[str, str], place: str) -> Document:
    question = flat(row["question"])
    for name in ("question", "answer"):
        if not row[name]:
            raise BadInput(place, f"the {name} is empty.")
    aliases = [one.strip() for one in row.get("aliases", "").translate(_SEPARATORS).split(";")]
    titled = flat(row.get("title", ""))
    return Document(
        titled or question,
        (Section(question, prose(blocks_of(row["answer"]), question)),),
        row.get("url", ""),
        tuple(one for one in (question if titled else "", *aliases) if one),
        row.get("lang", ""),
        row.get("source", ""),
        row.get("licence", ""),
    )


def _csv(path: Path) -> Iterator[Iterator[Row]]:
    content = path.read_bytes()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadInput(f"{path}:{line}", "the file is not UTF-8 text: save it as CSV UTF-8.") from problem
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    yield ((f"{path}:{reader.line_num}", row) for row in reader)


def _xlsx(path: Path) -> Iterator[Iterator[Row]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as problem:
        raise BadInput(str(path), "this is not an XLSX workbook.") from problem
    try:
        for sheet in book.worksheets:
            if sheet.max_row:
                yield _sheet_rows(path, sheet.title, sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _sheet_rows(path: Path, sheet: str, rows: Iterable[Sequence[object]]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        yield f"{path} sheet '{sheet}' row {number}", ["" if cell is None else str(cell) for cell in row]
