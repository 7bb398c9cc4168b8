"""A clinician who slips in a file is told which file, which line and what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.triage import load_problems
from bot.triage.source import data_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "triage"
    shutil.copytree(data_dir(), target)
    return target


def test_what_we_ship_has_no_problems() -> None:
    assert load_problems() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("protocols/chest_pain.yml", "acuity: emergency", "acuity: soon", "'acuity' must be one of"),
        ("protocols/chest_pain.yml", "- crushing_chest_pain", "- crashing_chest_pain", "the lexicon does not know"),
        ("protocols/chest_pain.yml", "    advice:", "    advise:", "has no key called 'advise'"),
        ("protocols/chest_pain.yml", "Call {emergency} now", "Call {ambulance} now", "'{ambulance}'"),
        ("protocols/chest_pain.yml", "reviewed: 2026-11-24", "reviewed: yesterday", "must be a date"),
        ("protocols/chest_pain.yml", "https://", "ftp://", "must start with https://"),
        ("protocols/alarm.yml", "advice_comes: last", "advice_comes: late", "'advice_comes' must be one of first,"),
        ("lexicon/brain.yml", "kind: symptom", "kind: thing", "'kind' must be one of"),
        ("lexicon/chest_and_breath.yml", "<pain> ... <chest>", "<pain> ... <chests>", "no set of words called"),
        ("lexicon/chest_and_breath.yml", "implies: [chest_pain]", "implies: [chestpain]", "which no file defines"),
        ("measures.yml", "of: temperature_c", "of: warmth", "'of' must be one of"),
        ("regions.yml", 'number: "999"', "number: 999", "put it in quotes"),
        ("sets.yml", "sets:", "sets: [", "this is not valid YAML"),
    ],
)
def test_names_file_line_and_reason(folder: Path, file: str, old: str, new: str, sentence: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    (problem,) = load_problems(folder)
    assert problem.path.endswith(file)
    assert str(problem).startswith(f"{problem.path}:{problem.line}: ")
    assert sentence in problem.message
    line = text[: text.index(old)].count("\n") + 1
    # a folded text is named by its key some lines above; an unclosed bracket shows some lines below
    assert abs(problem.line - line) <= 3


def test_a_finding_is_defined_once(folder: Path) -> None:
    path = folder / "lexicon" / "brain.yml"
    text = path.read_text("utf-8").replace("id: face_droop", "id: stroke", 1)
    path.write_text(text, "utf-8")
    (problem,) = load_problems(folder)
    assert "is already defined" in problem.message
    assert text.splitlines()[problem.line - 1].strip() == "- id: stroke"


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "regions.yml").unlink()
    (problem,) = load_problems(folder)
    assert problem.path.endswith("regions.yml")
    assert "cannot be read" in problem.message


def test_a_rule_needs_its_examples(folder: Path) -> None:
    path = folder / "protocols" / "everyday.yml"
    path.write_text(path.read_text("utf-8").replace("sore throat since yesterday, ", "", 1), "utf-8")
    (problem,) = load_problems(folder)
    assert "needs at least 3 messages in 'en'" in problem.message
