"""YAML that remembers its lines, so that a complaint can name the place."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .errors import DataError

_FOLD = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef}]) (?=[\u3000-\u9fff\uff00-\uffef{])")
ROOT = Path(__file__).resolve().parents[2]


def data_dir() -> Path:
    """Where the triage data lies: `CARELINE_TRIAGE_DATA`, or `data/triage` beside the code."""
    named = os.environ.get("CARELINE_TRIAGE_DATA")
    return Path(named) if named else ROOT / "data" / "triage"


class Table(dict[str, Any]):
    """A YAML mapping; `line` is where it starts, `line_of` where a key stands."""

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line
        self.key_lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.key_lines.get(key, self.line)

    def fail(self, message: str, key: str | None = None) -> DataError:
        return DataError(self.path, self.line_of(key) if key else self.line, message)

    def allow(self, what: str, required: set[str], optional: set[str] | None = None) -> None:
        """Raise DataError on a key that is missing or that nobody knows."""
        known = required | (optional or set())
        for key in self:
            if key not in known:
                raise self.fail(f"{what} has no key called '{key}'; it may have {', '.join(sorted(known))}.", key)
        for key in sorted(required - set(self)):
            raise self.fail(f"{what} needs '{key}'.")

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"'{key}' must be a text.", key)
        return value.strip()

    def both(self, key: str) -> dict[str, str]:
        """A text in both languages: `{en: ..., zh: ...}`."""
        value = self.table(key)
        value.allow(f"'{key}'", {"en", "zh"})
        # YAML joins folded lines with a space, which Chinese does not have
        return {"en": value.text("en"), "zh": _FOLD.sub("", value.text("zh"))}

    def table(self, key: str) -> Table:
        value = self.get(key)
        if not isinstance(value, Table):
            raise self.fail(f"'{key}' must be a mapping of names to values.", key)
        return value

    def rows(self, key: str) -> Rows:
        value = self.get(key)
        if not isinstance(value, Rows):
            raise self.fail(f"'{key}' must be a list.", key)
        return value

    def tables(self, key: str) -> list[Table]:
        found: list[Table] = []
        for at, item in enumerate(rows := self.rows(key)):
            if not isinstance(item, Table):
                raise DataError(self.path, rows.lines[at], f"each entry of '{key}' must be a mapping.")
            found.append(item)
        return found

    def strings(self, key: str) -> list[tuple[int, str]]:
        """The texts of a list, each with its line; a missing key is an empty list."""
        if key not in self:
            return []
        found: list[tuple[int, str]] = []
        for at, item in enumerate(rows := self.rows(key)):
            if not isinstance(item, str) or not item.strip():
                hint = "quote it" if not isinstance(item, str) else "it is empty"
                raise DataError(self.path, rows.lines[at], f"each entry of '{key}' must be a text ({hint}).")
            found.append((rows.lines[at], item))
        return found


class Rows(list[Any]):
    """A YAML list; `lines[i]` is where entry i stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read(path: Path) -> Table:
    """The mapping in one YAML file. Raises DataError on anything that is not one."""
    name = shown(path)
    loader: Any = None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_text("utf-8"))
        node = loader.get_single_node()
        value = _build(loader, node, name)
    except OSError as problem:
        raise DataError(name, 1, f"the file cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError as problem:
        raise DataError(name, 1, "the file is not UTF-8 text.") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or "it cannot be read"
        raise DataError(name, mark.line + 1 if mark else 1, f"this is not valid YAML: {said}.") from problem
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(value, Table):
        raise DataError(name, 1, "the file must hold a mapping of names to values.")
    return value


def shown(path: Path) -> str:
    """The path as an editor knows it: from the root of the project where it lies inside."""
    try:
        return str(path.resolve().relative_to(ROOT))
    except ValueError:
        return str(path)


def _build(loader: Any, node: Any, path: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _table(loader, node, path)
    if isinstance(node, yaml.SequenceNode):
        rows = Rows(node.start_mark.line + 1)
        for item in node.value:
            rows.lines.append(item.start_mark.line + 1)
            rows.append(_build(loader, item, path))
        return rows
    if node is None:
        return None
    if node.tag.endswith(":bool") and node.value.lower() not in {"true", "false"}:
        return node.value  # the words yes, no, on and off are texts here
    value = loader.construct_object(node)
    return value.isoformat() if isinstance(value, date) else value


def _table(loader: Any, node: yaml.MappingNode, path: str) -> Table:
    table = Table(path, node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        # YAML reads a bare no/on/off as true or false: a name is what is written.
        key = key_node.value
        if not isinstance(key, str):
            raise DataError(path, line, "a name on the left of a colon must be a plain word.")
        if key in table:
            raise DataError(path, line, f"'{key}' stands here twice.")
        table[key] = _build(loader, value_node, path)
        table.key_lines[key] = line
    return table
