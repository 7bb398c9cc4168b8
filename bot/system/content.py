"""Whether all that clinicians and editors write can be read: `python -m bot.system.content`.

Set-up and start call it first, so that a slip in a YAML file is one sentence with file and line, not a process that
does not come up. What the files mean is checked by the rooms that load them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.system.settings import ROOT

_FENCE = "---"


def problems(root: Path = ROOT) -> Iterator[str]:
    """One sentence for every content file that cannot be read: `file:line: what is wrong`."""
    for path in _files(root):
        name = path.relative_to(root)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield f"{name}:1: the file cannot be read as UTF-8 text ({error.__class__.__name__})."
            continue
        yield from _syntax(str(name), _front_matter(text) if path.suffix == ".md" else text)


def meaning() -> Iterator[str]:
    """One sentence for the first fault that each loader finds: triage content, knowledge pages, the desk's hours."""
    from actions.answering.pages import load_pages
    from bot.handoff.hours import load_hours
    from bot.settings import Settings
    from bot.triage import DataError, load_problems

    yield from map(str, load_problems())
    try:
        hours = Settings().careline_hours
    except ValidationError as error:
        first = error.errors()[0]
        yield f"A setting of the chat server is not valid: {' '.join(map(str, first['loc']))} {first['msg']}".strip()
        return
    for load, path in ((load_pages, ROOT / "data" / "knowledge"), (load_hours, hours)):
        try:
            load(path)
        except DataError as error:
            yield str(error)


def _files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.yml"))
    for pattern in ("*.yml", "*.yaml", "*.md"):
        yield from sorted((root / "data").rglob(pattern))


def _front_matter(text: str) -> str:
    """The YAML at the head of a Markdown page; its line numbers stay those of the page."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != _FENCE:
        return ""
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), len(lines))
    return "\n".join(["", *lines[1:end]])


def _syntax(name: str, text: str) -> Iterator[str]:
    try:
        for _ in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield f"{name}:{line}: this is not valid YAML ({error.problem}): mend that line and start again."
    except yaml.YAMLError as error:
        yield f"{name}:1: this is not valid YAML ({error}): mend it and start again."


def main() -> int:
    """Print what is wrong; the exit code."""
    found = list(problems()) or list(meaning())
    for problem in found:
        print(problem)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
