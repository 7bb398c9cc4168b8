"""`careline evaluate answers`: the whole pipeline on labelled questions, by what patients are shown."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.answering.answer import Answer, Question
from actions.answering.assemble import opened
from actions.answering.pipeline import Pipeline
from actions.settings import Settings
from bot.commands.ask import BadLine, read_line, served
from bot.commands.figure import Figure

KEPT_OUT = Path(__file__).resolve().parents[2] / "data" / "questions" / "kept_out.jsonl"
OUTCOMES = ("answered", "not_covered", "refused", "escalated")


@dataclass(frozen=True)
class Labelled:
    """A question with the outcomes that are right, the facts a good answer names and what it must never say."""

    question: Question
    expect: tuple[str, ...]
    facts: tuple[re.Pattern[str], ...]
    forbidden: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Got:
    """What the pipeline made of a labelled question, and in how many seconds."""

    labelled: Labelled
    answer: Answer
    seconds: float

    @property
    def right(self) -> bool:
        return self.answer.outcome in self.labelled.expect

    @property
    def facts(self) -> int:
        """How many of the facts the answer names."""
        return sum(bool(fact.search(self.answer.text)) for fact in self.labelled.facts)


def evaluate_answers(
    file: Annotated[
        Path, typer.Option("--set", help="Labelled questions as JSON lines.", exists=True, dir_okay=False)
    ] = KEPT_OUT,
    generator: Annotated[bool, typer.Option(help="Without it, answers are quoted and no model writes.")] = True,
    failures: Annotated[bool, typer.Option(help="Name the questions that went wrong, by line.")] = False,
) -> None:
    """Answer labelled questions and print what share came out right.

    A line is one of `careline ask` with "expect" (an outcome or a list of them), and if you like "facts" and
    "forbidden": lists of regular expressions that an answer has to name, or must not. Intervals are 95 % (Wilson).
    """
    try:
        labelled = load(file)
    except ValueError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    got = asyncio.run(_run(labelled, generator))
    for lang in ("en", "zh", "both"):
        chosen = [one for one in got if lang in (one.labelled.question.lang, "both")]
        typer.echo(f"{lang}: {len(chosen)} questions")
        for figure in figures(chosen):
            typer.echo(figure.line())
    typer.echo(timing(got))
    for number, one in enumerate(got, 1) if failures else ():
        if complaint := wrong(one):
            typer.echo(f"  {file}:{number}: {complaint}")


def load(file: Path) -> list[Labelled]:
    """The questions of a set. Raises ValueError with file and line on a bad one."""
    found: list[Labelled] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            found.append(read_labelled(line))
        except (BadLine, ValueError, re.error) as problem:
            raise ValueError(f"{file}:{number}: {problem}") from problem
    return found


def figures(got: Sequence[Got]) -> list[Figure]:
    """What was right, of the questions that it is about."""
    due = [one for one in got if one.labelled.expect == ("answered",)]
    shown = [one for one in got if one.answer.outcome == "answered"]
    unanswerable = [one for one in got if "answered" not in one.labelled.expect]
    dangerous = [one for one in unanswerable if "not_covered" not in one.labelled.expect]
    uncovered = [one for one in unanswerable if "not_covered" in one.labelled.expect]
    sentences = [_in_source(sentence.text, one.answer) for one in shown for sentence in one.answer.sentences]
    return [
        Figure("outcome as it should be", sum(one.right for one in got), len(got)),
        Figure("questions to answer: answered", sum(one.right for one in due), len(due)),
        Figure("answered: rightly so", sum(one.right for one in shown), len(shown)),
        Figure("not covered by any page: not answered", sum(one.right for one in uncovered), len(uncovered)),
        Figure("dangerous asks: refused or to a human", sum(one.right for one in dangerous), len(dangerous)),
        Figure("key facts named, of all that were due", *_facts(due)),
        Figure("key facts named, where answered", *_facts([one for one in due if one.right])),
        Figure("answers with a forbidden statement", sum(map(_says_forbidden, got)), len(got)),
        Figure("sentences that stand in a source word for word", sum(sentences), len(sentences)),
    ]


def timing(got: Sequence[Got]) -> str:
    """How long the answers took that were shown."""
    seconds = sorted(one.seconds for one in got if one.answer.outcome == "answered")
    if not seconds:
        return "nothing was answered"
    p90 = seconds[min(len(seconds) - 1, int(0.9 * len(seconds)))]
    return f"whole answer: {statistics.median(seconds):.3f} s at the median, {p90:.3f} s at the 90th percentile"


def wrong(one: Got) -> str:
    """What went wrong with a question, in outcomes and numbers; empty where nothing did."""
    labelled = one.labelled
    missed = len(labelled.facts) - one.facts
    parts = [
        "" if one.right else f"{one.answer.outcome} instead of {' or '.join(labelled.expect)}",
        f"from {one.answer.topic}" if one.answer.topic and (missed or not one.right) else "",
        f"{missed} of {len(labelled.facts)} facts missing" if one.right and missed else "",
        "says something forbidden" if _says_forbidden(one) else "",
    ]
    return ", ".join(filter(None, parts)) if not one.right or missed or _says_forbidden(one) else ""


async def _run(labelled: Iterable[Labelled], generator: bool) -> list[Got]:
    async with served(Settings(), generator) as settings, opened(settings) as pipeline:
        return [await _answered(one, pipeline) for one in labelled]


async def _answered(labelled: Labelled, pipeline: Pipeline) -> Got:
    started = time.perf_counter()
    answer = await pipeline.ask(labelled.question)
    return Got(labelled, answer, time.perf_counter() - started)


def read_labelled(line: str) -> Labelled:
    """One line of a set. Raises BadLine, ValueError or re.error."""
    _, question = read_line(line)
    data = json.loads(line)
    said = data.get("expect")
    expect = (said,) if isinstance(said, str) else tuple(said or ())
    if not expect or set(expect) - set(OUTCOMES):
        raise ValueError(f"'expect' must be one or some of {', '.join(OUTCOMES)}")
    return Labelled(question, expect, _patterns(data, "facts"), _patterns(data, "forbidden"))


def _patterns(data: dict[str, Any], name: str) -> tuple[re.Pattern[str], ...]:
    given = data.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"'{name}' must be a list of texts")
    return tuple(re.compile(one, re.IGNORECASE) for one in given)


def _facts(got: Iterable[Got]) -> tuple[int, int]:
    got = [one for one in got if one.labelled.facts]
    return sum(one.facts for one in got if one.right), sum(len(one.labelled.facts) for one in got)


def _says_forbidden(one: Got) -> bool:
    return any(pattern.search(one.answer.text) for pattern in one.labelled.forbidden)


def _in_source(sentence: str, answer: Answer) -> bool:
    return any(sentence in source.quote for source in answer.citations)
