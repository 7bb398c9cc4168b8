"""The hazard log is whole: every hazard has controls, and every control has tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.triage import DataError
from bot.triage.hazards import LIKELIHOODS, SEVERITIES, Risk, load
from bot.triage.source import data_dir

ROOT = Path(__file__).resolve().parents[2]
HAZARDS = load()
HAZARD = """hazards:
  - id: H1
    hazard: A thing
    cause: A cause
    effect: An effect
    initial: {severity: major, likelihood: high}
    controls:
      - {what: A control, tests: ["tests/a.py::test_a"]}
    residual: {severity: major, likelihood: low}
    remaining: Something remains
"""


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.id)
def test_every_control_is_shown_by_tests_that_exist(hazard) -> None:  # type: ignore[no-untyped-def]
    for control in hazard.controls:
        for test in control.tests:
            file, _, name = test.partition("::")
            path = ROOT / file
            assert path.is_file(), f"hazards.yml:{hazard.line}: {hazard.id}: there is no {file}"
            found = re.search(rf"^(async )?def {re.escape(name)}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert found, f"hazards.yml:{hazard.line}: {hazard.id}: {file} has no test {name}"


def test_no_hazard_remains_unacceptable_and_none_has_no_control() -> None:
    assert len(HAZARDS) >= 20
    assert all(hazard.residual.rating <= 3 and hazard.controls for hazard in HAZARDS)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('tests: ["tests/a.py::test_a"]', "tests: []", 8, "needs a test"),
        ('    controls:\n      - {what: A control, tests: ["tests/a.py::test_a"]}\n', "", 2, "needs 'controls'"),
        ('controls:\n      - {what: A control, tests: ["tests/a.py::test_a"]}', "controls: []", 7, "needs a control"),
        ("severity: major, likelihood: high", "severity: bad, likelihood: high", 6, "'severity' must be one of"),
        ("likelihood: low", "likelihood: very high", 9, "cannot be worse"),
        ("likelihood: low", "likelihood: high", 9, "not acceptable"),
        ("    effect: An effect\n", "", 2, "needs 'effect'"),
    ],
)
def test_a_hazard_that_is_not_whole_is_named_by_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in HAZARD
    (tmp_path / "hazards.yml").write_text(HAZARD.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=rf"hazards\.yml:{line}: .*{says}"):
        load(tmp_path)


def test_a_worse_or_likelier_harm_is_never_rated_lower() -> None:
    for bad in range(5):
        for likely in range(5):
            rating = Risk(SEVERITIES[bad], LIKELIHOODS[likely]).rating
            for worse, likelier in ((bad + 1, likely), (bad, likely + 1)):
                if worse < 5 and likelier < 5:
                    assert Risk(SEVERITIES[worse], LIKELIHOODS[likelier]).rating >= rating


def test_the_command_prints_every_hazard() -> None:
    result = CliRunner().invoke(app, ["hazards"])
    assert result.exit_code == 0, result.output
    assert all(f"## {hazard.id}: " in result.output for hazard in HAZARDS)
    assert str(data_dir()) not in result.output
