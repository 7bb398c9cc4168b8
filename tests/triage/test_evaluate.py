"""`careline evaluate triage`: figures of the labelled rounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.evaluate import Case, figures, load, report
from bot.evaluation.figure import wilson
from bot.triage import Acuity

E, U, R, S = Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE, Acuity.SELF_CARE


def write(folder: Path, name: str, *rows: object) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(57, 82, 0.589, 0.784), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-4)


def test_each_figure_counts_only_the_messages_it_speaks_of() -> None:
    pairs = [(E, E), (E, U), (E, S), (U, U), (U, R), (R, E), (S, E), (S, U), (S, S), (S, R)]
    assert {one.name: (one.hits, one.of) for one in figures(pairs)} == {
        "emergencies called emergency": (1, 3),
        "emergencies below urgent": (1, 3),
        "emergency or urgent that reach a human": (3, 5),
        "routine called emergency": (1, 1),
        "self-care called emergency": (1, 4),
        "self-care called urgent or emergency": (2, 4),
    }


def test_languages_are_told_apart() -> None:
    rows = [(Case(0, "en", "a", E, None), E), (Case(0, "zh", "b", E, None), S)]
    text = report("title", rows)
    assert "en: 1 messages" in text
    assert "both: 2 messages" in text
    assert "no such case" in text


def test_rounds_are_read_in_order_and_a_missing_language_is_detected(tmp_path: Path) -> None:
    write(tmp_path, "round_10.jsonl", {"text": "hi", "acuity": "self_care", "lang": "en", "first_contact": "urgent"})
    write(tmp_path, "round_2.jsonl", {"text": "胸痛", "acuity": "urgent"})
    assert load(tmp_path) == [Case(2, "zh", "胸痛", U, None), Case(10, "en", "hi", S, U)]


@pytest.mark.parametrize("row", [{"text": "hi"}, {"text": "hi", "acuity": "soon"}, ["hi"]])
def test_a_bad_row_names_file_and_line(tmp_path: Path, row: object) -> None:
    write(tmp_path, "round_0.jsonl", {"text": "hi", "acuity": "self_care"}, row)
    with pytest.raises(ValueError, match=r"round_0\.jsonl:2"):
        load(tmp_path)


def test_the_command_prints_first_contact_and_now() -> None:
    result = CliRunner().invoke(app, ["evaluate", "triage"])
    assert result.exit_code == 0, result.output
    assert "First contact, round" in result.output
    assert "Now, all rounds" in result.output
