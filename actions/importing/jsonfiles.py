"""JSON and JSON lines, record by record: a broken line is one fault, not the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .document import BadInput

Record = Mapping[str, Any]


def records(path: Path) -> Iterator[tuple[str, Record | BadInput]]:
    """Each record with its place, or what is wrong with it. A folder: all its JSON files."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".json", ".jsonl"))
        if not files:
            raise BadInput(str(path), "there is no JSON file in this folder.")
        for file in files:
            yield from records(file)
    elif path.suffix == ".jsonl":
        yield from _lines(path)
    else:
        yield from _whole(path)


def _lines(path: Path) -> Iterator[tuple[str, Record | BadInput]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _read(line, f"{path}:{number}")


def _read(line: bytes, place: str) -> tuple[str, Record | BadInput]:
    try:
        record = json.loads(line)
    except UnicodeDecodeError:
        return place, BadInput(place, "this line is not UTF-8 text.")
    except ValueError as problem:
        return place, BadInput(place, f"this line is not JSON ({problem}).")
    if not isinstance(record, dict):
        return place, BadInput(place, "this line is not a JSON object.")
    return place, record


def _whole(path: Path) -> Iterator[tuple[str, Record | BadInput]]:
    try:
        data = json.loads(path.read_bytes())
    except UnicodeDecodeError:
        yield str(path), BadInput(str(path), "the file is not UTF-8 text.")
        return
    except json.JSONDecodeError as problem:
        place = f"{path}:{problem.lineno}"
        yield place, BadInput(place, f"this is not JSON ({problem.msg}).")
        return
    for number, record in enumerate(data if isinstance(data, list) else [data], 1):
        place = f"{path} record {number}"
        yield place, record if isinstance(record, dict) else BadInput(place, "this is not a JSON object.")
