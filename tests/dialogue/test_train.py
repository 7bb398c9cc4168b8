"""Training: only when needed, and with a plain sentence when the inputs are wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.dialogue.conftest import RASA_PYTHON, ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the dialogue model is made of."""
    for name in ("config.yml", "domain.yml", "deploy/rasa.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("data/nlu", "data/rules", "data/stories", "data/responses", "data/triage", "bot/nlu", "bot/triage"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "bot/__init__.py", tmp_path / "bot/__init__.py")
    return tmp_path


def train(tree: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CARELINE_STATE": str(tree / "state")}
    command = [RASA_PYTHON, "-m", "bot.nlu.train"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def test_a_broken_file_is_named_with_its_line(tree: Path) -> None:
    with (tree / "data/rules/talk.yml").open("a", encoding="utf-8") as file:
        file.write("  - rule: x\n   steps: [\n")
    lines = (tree / "data/rules/talk.yml").read_text(encoding="utf-8").count("\n")
    done = train(tree)
    assert done.returncode == 1
    assert done.stderr.startswith(f"data/rules/talk.yml, line {lines}: ")
    assert done.stderr.count("\n") == 1


def test_a_missing_file_is_named(tree: Path) -> None:
    (tree / "domain.yml").unlink()
    done = train(tree)
    assert (done.returncode, done.stderr) == (1, "domain.yml cannot be read: No such file or directory.\n")


@pytest.mark.slow
def test_rules_that_contradict_each_other_leave_the_old_model(tree: Path) -> None:
    for path in (tree / "data/nlu").glob("*.yml"):
        if not path.name.startswith("help"):  # few examples, soon trained: this is about the rules
            path.unlink()
    (tree / "state/rasa").mkdir(parents=True)
    (tree / "state/rasa/careline.tar.gz").write_bytes(b"the old model")
    with (tree / "data/rules/talk.yml").open("a", encoding="utf-8") as file:
        file.write("  - { rule: rude, steps: [{ intent: greet }, { action: utter_goodbye }] }\n")
    done = train(tree)
    assert done.returncode == 1
    assert "contradicting" in done.stderr
    assert (tree / "state/rasa/careline.tar.gz").read_bytes() == b"the old model"


def test_a_fresh_model_is_left_alone_at_once(model: Path) -> None:
    before = model.stat().st_mtime_ns
    start = time.monotonic()
    done = subprocess.run([RASA_PYTHON, "-m", "bot.nlu.train"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert time.monotonic() - start < 1.0
    assert model.stat().st_mtime_ns == before


@pytest.mark.slow
def test_rasas_own_check_of_the_data_passes() -> None:
    data = ["data/nlu", "data/rules", "data/stories", "data/responses"]
    command = [RASA_PYTHON, "-m", "bot.nlu.launcher", "data", "validate", "--data", *data]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "No story structure conflicts found" in done.stdout + done.stderr
