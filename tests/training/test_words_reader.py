"""Training of the reader by words, on a few messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.conversation.words_reader import Weights
from bot.training.words_reader import Lessons, by_other_hands, hand
from models.reader.messages import Message

WORDS = {
    "emergency": "crushing pain in my chest",
    "urgent": "weeping wound that smells",
    "routine": "itchy rash for weeks",
    "self_care": "where can I park",
}


def messages(file: str, count: int) -> list[Message]:
    return [
        Message(f"{words} {number}", acuity, "en", file) for acuity, words in WORDS.items() for number in range(count)
    ]


def most_likely(shares: list[float]) -> str:
    return list(WORDS)[shares.index(max(shares))]


def test_it_learns_what_it_is_shown() -> None:
    weights = Lessons.of(messages("train_a_1", 6), [Message("good morning", "self_care", "en", "talk")]).fit()
    assert [most_likely(weights.shares(words)) for words in WORDS.values()] == list(WORDS)
    assert most_likely(weights.shares("good morning")) == "self_care"


def test_a_hand_is_measured_by_weights_that_did_not_see_it() -> None:
    odd = [Message("zzz qqq", "emergency", "en", "train_b_1")] * 6
    learnt = [*messages("train_a_1", 6), *messages("train_c_1", 6), *odd]
    lessons = Lessons.of(learnt, [])
    assert most_likely(lessons.fit().shares("zzz qqq")) == "emergency"
    rows = by_other_hands(lessons, learnt)
    assert len(rows) == len(learnt)
    assert rows[-1][0] < lessons.fit().shares("zzz qqq")[0]
    assert [most_likely(row) for row in rows[:24]] == [message.acuity for message in learnt[:24]]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("train_msg2_home", "train_msg2"),
        ("train_msg4_zh", "train_msg4"),
        ("round_1", "rounds 0 to 2"),
        ("round_7", "round_7"),
    ],
)
def test_a_hand_is_known_by_the_file(file: str, wanted: str) -> None:
    assert hand(Message("", "routine", "en", file)) == wanted


def train(folder: Path, out: Path, *more: str) -> dict[str, object]:
    arguments = ["--data", str(folder), "--out", str(out), *more]
    subprocess.run([sys.executable, "-m", "bot.training.words_reader", *arguments], check=True, capture_output=True)
    report: dict[str, object] = json.loads(out.with_suffix(".json").read_text())
    return report


@pytest.mark.slow
def test_the_command_writes_the_same_file_again_and_keeps_rounds_out(tmp_path: Path) -> None:
    for name in ("train_a_1", "train_b_1", "round_9"):
        rows = [json.dumps({"text": one.text, "acuity": one.acuity, "lang": "en"}) for one in messages(name, 6)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(rows))
    whole = train(tmp_path, tmp_path / "a.npz")
    train(tmp_path, tmp_path / "b.npz")
    kept = train(tmp_path, tmp_path / "c.npz", "--rounds", "9")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert (whole["messages"], kept["messages"], kept["rounds kept out"]) == (72, 48, [9])
    assert "rounds" in kept
    assert "rounds" not in whole
    assert not np.array_equal(Weights.load(tmp_path / "a.npz").rows, Weights.load(tmp_path / "c.npz").rows)
