"""`careline evaluate answers`: the whole pipeline on labelled questions, by what patients are shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from actions.answering.answer import Answer
from actions.answering.assemble import opened
from actions.answering.pipeline import Pipeline
from actions.settings import Settings
from bot.commands.ask import served
from bot.evaluation.answers import Got, f1, figures, timing, wrong
from bot.evaluation.labelled import Labelled, load
from bot.evaluation.report import System, page
from bot.evaluation.unchecked import Unchecked

KEPT_OUT = Path(__file__).resolve().parents[2] / "data" / "questions" / "kept_out.jsonl"


def evaluate_answers(
    file: Annotated[
        Path, typer.Option("--set", help="Labelled questions as JSON lines.", exists=True, dir_okay=False)
    ] = KEPT_OUT,
    generator: Annotated[bool, typer.Option(help="Without it, answers are quoted and no model writes.")] = True,
    failures: Annotated[bool, typer.Option(help="Name the questions that went wrong, by line.")] = False,
    compare: Annotated[
        bool, typer.Option(help="Beside it: quoting, the generator unchecked, and the untuned model unchecked.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write an HTML page with the figures here.")] = None,
) -> None:
    """Answer labelled questions and print what share came out right.

    A line is one of `careline ask` with "expect" (an outcome or a list of them), and if you like "facts" and
    "forbidden" (lists of regular expressions that an answer has to name, or must not) and "reference" (an answer of an
    editor's). Intervals are 95 % (Wilson).
    """
    try:
        labelled = load(file)
    except ValueError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    systems = asyncio.run(_systems(labelled, generator, compare))
    for system in systems:
        typer.echo("\n".join(_lines(system)))
    for number, one in enumerate(systems[0].got, 1) if failures else ():
        if complaint := wrong(one):
            typer.echo(f"  {file}:{number}: {complaint}")
    if report:
        report.write_text(page(file.name, systems), "utf-8")
        typer.echo(f"Report: {report}")


def _lines(system: System) -> Iterable[str]:
    yield system.name
    for lang in ("en", "zh", "both"):
        chosen = [one for one in system.got if lang in (one.labelled.question.lang, "both")]
        yield f" {lang}: {len(chosen)} questions"
        yield from (figure.line() for figure in figures(chosen))
        if (balance := f1(chosen)) is not None:
            yield f"  {'decision to answer, F1':<46} {balance:.3f}"
        if likeness := system.likeness.get(lang):
            yield likeness.line()
    yield f" {timing(system.got)}"


async def _systems(labelled: Sequence[Labelled], generator: bool, compare: bool) -> list[System]:
    """What came of the questions: as patients are answered, then what it is compared with."""
    async with served(Settings(), generator) as settings:
        found = [System("As patients are answered", await _run(labelled, settings))]
        if compare:
            found.append(System("Quoting", await _run(labelled, settings.model_copy(update={"generator_url": ""}))))
        if compare and generator:
            found.append(System("Tuned, unchecked", await _run(labelled, settings, Unchecked)))
    if compare and generator:
        async with served(Settings(), generator, adapter="none") as settings:
            found.append(System("Untuned, unchecked", await _run(labelled, settings, Unchecked)))
    return found


async def _run(labelled: Iterable[Labelled], settings: Settings, of: type[Pipeline] = Pipeline) -> list[Got]:
    async with opened(settings, of) as pipeline:
        return [await _answered(one, pipeline) for one in labelled]


async def _answered(labelled: Labelled, pipeline: Pipeline) -> Got:
    started, first = time.perf_counter(), None
    answer = pipeline.policy.not_covered(labelled.question)
    async for item in pipeline.run(labelled.question):
        if isinstance(item, Answer):
            answer = item
        elif first is None:
            first = time.perf_counter() - started
    return Got(labelled, answer, time.perf_counter() - started, first)
