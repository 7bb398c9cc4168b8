"""Labelled questions: JSON lines of `careline ask`, with what a right answer does, names and never says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions.answering.answer import Question
from bot.commands.ask import BadLine, read_line

OUTCOMES = ("answered", "not_covered", "refused", "escalated")


@dataclass(frozen=True)
class Labelled:
    """A question with the outcomes that are right, the facts a good answer names and what it must never say.

    `reference` is an answer that an editor would give, empty where none was written.
    """

    question: Question
    expect: tuple[str, ...]
    facts: tuple[re.Pattern[str], ...]
    forbidden: tuple[re.Pattern[str], ...]
    reference: str = ""


def load(file: Path) -> list[Labelled]:
    """The questions of a set. Raises ValueError with file and line on a bad one."""
    found: list[Labelled] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            found.append(read_labelled(line))
        except (BadLine, ValueError, re.error) as problem:
            raise ValueError(f"{file}:{number}: {problem}") from problem
    return found


def read_labelled(line: str) -> Labelled:
    """One line of a set. Raises BadLine, ValueError or re.error."""
    _, question = read_line(line)
    data = json.loads(line)
    said = data.get("expect")
    expect = (said,) if isinstance(said, str) else tuple(said or ())
    if not expect or set(expect) - set(OUTCOMES):
        raise ValueError(f"'expect' must be one or some of {', '.join(OUTCOMES)}")
    reference = data.get("reference", "")
    if not isinstance(reference, str):
        raise ValueError("'reference' must be a text")
    return Labelled(question, expect, _patterns(data, "facts"), _patterns(data, "forbidden"), reference)


def _patterns(data: dict[str, Any], name: str) -> tuple[re.Pattern[str], ...]:
    given = data.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"'{name}' must be a list of texts")
    return tuple(re.compile(one, re.IGNORECASE) for one in given)
