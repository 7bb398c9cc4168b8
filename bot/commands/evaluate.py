"""`careline evaluate`: how well the parts do on data that they are measured by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from bot import triage
from bot.commands.evaluate_answers import evaluate_answers
from bot.evaluation.figure import Figure
from bot.triage import Acuity, detect_language

MESSAGES = Path(__file__).resolve().parents[2] / "data" / "triage" / "messages"
# The first-contact figures that count are those of the last two rounds together.
LAST = 2
_LANGS = ("en", "zh", "both")

evaluate_app = typer.Typer(add_completion=False, no_args_is_help=True, help="Measure the parts of Careline.")


@evaluate_app.callback()
def evaluate() -> None:
    """Measure the parts of Careline."""


@dataclass(frozen=True)
class Case:
    """A labelled message: the acuity it should get, and what the screen said of it at first contact, if recorded."""

    round: int
    lang: str
    text: str
    acuity: Acuity
    first_contact: Acuity | None


@dataclass(frozen=True)
class Question:
    """Among messages labelled `of`, how many got an acuity for which `hit` holds."""

    name: str
    of: frozenset[Acuity]
    hit: Callable[[Acuity], bool]


_URGENT = Acuity.URGENT.rank
_CALM = frozenset({Acuity.SELF_CARE})
_DUE = frozenset({Acuity.EMERGENCY, Acuity.URGENT})
QUESTIONS = (
    Question("emergencies called emergency", frozenset({Acuity.EMERGENCY}), lambda got: got is Acuity.EMERGENCY),
    Question("emergencies below urgent", frozenset({Acuity.EMERGENCY}), lambda got: got.rank > _URGENT),
    Question("emergency or urgent that reach a human", _DUE, lambda got: got.rank <= _URGENT),
    Question("routine called emergency", frozenset({Acuity.ROUTINE}), lambda got: got is Acuity.EMERGENCY),
    Question("self-care called emergency", _CALM, lambda got: got is Acuity.EMERGENCY),
    Question("self-care called urgent or emergency", _CALM, lambda got: got.rank <= _URGENT),
)


def figures(pairs: Iterable[tuple[Acuity, Acuity]]) -> list[Figure]:
    """The figures of messages, each as the acuity it should get and the one it got."""
    pairs = list(pairs)
    found: list[Figure] = []
    for question in QUESTIONS:
        got = [said for wanted, said in pairs if wanted in question.of]
        found.append(Figure(question.name, sum(map(question.hit, got)), len(got)))
    return found


def load(folder: Path = MESSAGES) -> list[Case]:
    """All rounds of labelled messages (`round_<n>.jsonl`). Raises ValueError with file and line on a bad one."""
    cases: list[Case] = []
    for path in sorted(folder.glob("round_*.jsonl"), key=_round):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                cases.append(_case(_round(path), json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise ValueError(f"{path}:{at}: {problem}") from problem
    return cases


def _round(path: Path) -> int:
    return int(path.stem.removeprefix("round_"))


def _case(number: int, row: dict[str, Any]) -> Case:
    first = row.get("first_contact")
    text = row["text"]
    lang = row.get("lang") or detect_language(text)
    return Case(number, lang, text, Acuity(row["acuity"]), Acuity(first) if first else None)


def report(title: str, rows: Sequence[tuple[Case, Acuity]]) -> str:
    """The figures of some cases, per language and together."""
    lines = [title]
    for lang in _LANGS:
        chosen = [(case.acuity, got) for case, got in rows if lang in (case.lang, "both")]
        lines.append(f" {lang}: {len(chosen)} messages")
        lines += [figure.line() for figure in figures(chosen)]
    return "\n".join(lines)


@evaluate_app.command("triage")
def evaluate_triage(
    per_round: bool = typer.Option(False, "--per-round", help="Show each round by itself as well."),
) -> None:
    """Score the screen on the labelled messages of data/triage/messages.

    First contact is what the screen said before anything was mended on the messages; only that measures it. "Now" is
    a fit to known messages. Intervals are 95 % (Wilson).
    """
    cases = load()
    contact = [(case, case.first_contact) for case in cases if case.first_contact is not None]
    counted = sorted({case.round for case, _ in contact})[-LAST:]
    named = " and ".join(map(str, counted))
    typer.echo(report(f"First contact, round {named}", [row for row in contact if row[0].round in counted]))
    now = [(case, triage.screen(case.text).acuity) for case in cases]
    for number in sorted({case.round for case in cases}) if per_round else []:
        typer.echo(report(f"\nNow, round {number}", [row for row in now if row[0].round == number]))
    typer.echo(report("\nNow, all rounds (known messages: no measure)", now))


evaluate_app.command("answers")(evaluate_answers)
