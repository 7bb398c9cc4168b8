"""How well the pipeline understands: cross-validated on the training examples, and on messages held out from them.

The floors lie a few points under what was measured (docs/dialogue.md), so that a broken pipeline fails and chance does
not. `right reply` counts a guess as right when it leads to the same action: a health question, a symptom and a
medicine all go to the answer pipeline.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.dialogue.conftest import RASA_PYTHON, ROOT

HELD_OUT = sorted((ROOT / "tests/dialogue").glob("nlu_held_out*.yml"))
ANSWERED = {"ask_health_question", "report_symptom", "ask_medication"}


@dataclass(frozen=True)
class Read:
    intent: str
    lang: str
    guess: str

    @property
    def right(self) -> bool:
        return self.intent == self.guess

    @property
    def right_reply(self) -> bool:
        return self.right or {self.intent, self.guess} <= ANSWERED


def understand(*words: str | Path) -> list[Read]:
    command = [RASA_PYTHON, "tests/dialogue/understanding.py", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [Read(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def share(of: list[bool]) -> float:
    return sum(of) / len(of)


def macro_f1(reads: list[Read]) -> float:
    hits = Counter(read.intent for read in reads if read.right)
    meant, guessed = Counter(read.intent for read in reads), Counter(read.guess for read in reads)
    return sum(2 * hits[name] / (meant[name] + guessed[name]) for name in meant) / len(meant)


def figures(title: str, reads: list[Read]) -> dict[str, float]:
    """Prints and returns them."""
    found = {"macro-F1": macro_f1(reads)}
    for lang in ("en", "zh"):
        ours = [read for read in reads if read.lang == lang]
        found[f"{lang} intent"] = share([read.right for read in ours])
        found[f"{lang} right reply"] = share([read.right_reply for read in ours])
        found[f"{lang} asked to rephrase"] = share([read.guess == "nlu_fallback" for read in ours])
    print(f"\n{title} ({len(reads)} messages): " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))
    return found


def test_every_intent_has_enough_examples_in_both_languages_and_none_twice() -> None:
    texts: Counter[str] = Counter()
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for topic in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = topic["examples"].splitlines()
            assert len(lines) >= 25, f"{path.name}: {topic['intent']}"
            texts.update(line.lower() for line in lines)
    assert [text for text, count in texts.items() if count > 1] == []


def test_held_out_messages_are_not_trained_on() -> None:
    trained = set()
    for path in (ROOT / "data/nlu").glob("*.yml"):
        trained |= {line.removeprefix("    - ").lower() for line in path.read_text(encoding="utf-8").splitlines()}
    held_out = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in HELD_OUT]
    texts = [text for each in held_out for languages in each.values() for group in languages.values() for text in group]
    shared = [text for text in texts if text.lower() in trained]
    assert len(shared) <= 6, shared  # the very shortest ("hi") cannot but meet


@pytest.mark.parametrize("path", HELD_OUT, ids=lambda path: Path(path).stem)
def test_held_out_messages_are_understood(model: Path, path: Path) -> None:
    found = figures(f"Held out, {path.name}", understand("held-out", model, path))
    assert found["en right reply"] >= 0.70
    assert found["zh right reply"] >= 0.75


@pytest.mark.slow
def test_cross_validation() -> None:
    found = figures("Cross-validation, 3 folds", understand("cross-validate", "3"))
    assert found["macro-F1"] >= 0.65
