"""The reader by words: with the weights of the repository, and without any that can be read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.conversation.words_reader import Weights, WordsReader
from bot.settings import WORDS_FILE
from bot.triage import Acuity, raised, screen
from bot.triage.ngrams import SIZE

UNKNOWN = {
    "en": "mum has gone the colour of putty and keeps sliding down the armchair",
    "zh": "阿爸突然跌低，叫極都唔應",
}


@pytest.fixture(scope="module")
def reader() -> WordsReader:
    return WordsReader.load(WORDS_FILE)


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_an_emergency_that_no_rule_knows_is_raised(reader: WordsReader, text: str) -> None:
    by_rules = screen(text)
    assert by_rules.acuity is Acuity.SELF_CARE
    verdict = raised(by_rules, [reader.read(text)], "GB")
    assert verdict.acuity is Acuity.EMERGENCY
    assert "999" in (verdict.advice or "")
    assert "raised by words" in verdict.reason


@pytest.mark.parametrize("text", ["hello", "what are your opening hours please", "谢谢你", "", "😀🚑", "\ud83d"])
def test_everyday_words_alarm_nobody(reader: WordsReader, text: str) -> None:
    assert raised(screen(text), [reader.read(text)]).acuity is Acuity.SELF_CARE


@pytest.mark.parametrize(
    "text",
    ["my belly hurts a bit since lunch", "my knee hurts", "well it started on tuesday after lunch", "one more thing",
     "肚子有点疼", "右边，昨天开始的", "嗓子疼，没发烧"],
)  # fmt: skip
def test_ordinary_complaints_and_answers_in_few_words_call_nobody(reader: WordsReader, text: str) -> None:
    assert raised(screen(text), [reader.read(text)]).acuity in (Acuity.ROUTINE, Acuity.SELF_CARE)


def test_traditional_characters_read_like_simplified_ones(reader: WordsReader) -> None:
    assert reader.read("呼吸困難").shares == reader.read("呼吸困难").shares


TALK = {
    "en": "What are your opening hours please, and where can I park the car when I come for my blood test? ",
    "zh": "请问门诊几点开门，停车场在哪里，抽血需要预约吗？",
}
STORY = {
    "en": UNKNOWN["en"]
    + ". Her lips are blue and she is cold and clammy. She can hardly speak and her breathing sounds "
    "like a kettle. An hour ago she was fine and now I can't get her to look at me.",
    "zh": "阿爸突然跌低，叫極都唔應，面色發灰，嘴唇發紫，呼吸好似拉風箱咁。一個鐘頭前仲好地地，而家完全冇反應。",
}


@pytest.mark.parametrize("before", [0, 21, 40])
@pytest.mark.parametrize("lang", STORY)
def test_an_emergency_of_some_length_is_not_thinned_out_by_what_stands_far_from_it(
    reader: WordsReader, lang: str, before: int
) -> None:
    text = TALK[lang] * before + STORY[lang] * 3 + TALK[lang] * 20
    assert reader.read(text).shares[Acuity.EMERGENCY] > 0.6


def broken(path: Path, how: str) -> None:
    rows, bias = np.zeros((SIZE, 4), np.float16), np.zeros(4, np.float16)
    arrays: dict[str, Any] = {"rows": rows, "bias": bias}
    if how == "no numbers":
        rows[0, 0] = np.nan
    elif how == "another shape":
        arrays["rows"] = rows[:10]
    elif how == "a part missing":
        del arrays["bias"]
    elif how == "objects":
        arrays["bias"] = np.array([{}, {}, {}, {}], object)
    np.savez(path, **arrays)
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:1000])
    elif how == "text":
        path.write_text("weights")
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "damaged":
        whole = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            place = archive.infolist()[0].header_offset
        whole[place + 200] ^= 255
        path.write_bytes(whole)
    elif how == "missing":
        path.unlink()


@pytest.mark.parametrize(
    "how",
    ["missing", "empty", "text", "cut off", "damaged", "a part missing", "objects", "another shape", "no numbers"],
)
def test_a_file_that_cannot_be_used_is_named_and_changes_no_verdict(tmp_path: Path, how: str) -> None:
    path = tmp_path / "weights.npz"
    broken(path, how)
    reader = WordsReader.load(path)
    assert "weights.npz" in reader.problem
    reading = reader.read(UNKNOWN["en"])
    assert reading.problem == reader.problem
    verdict = screen(UNKNOWN["en"])
    assert raised(verdict, [reading]) is verdict


def test_the_file_in_the_repository_is_small() -> None:
    assert Weights.load(WORDS_FILE).rows.shape == (SIZE, 4)
    assert WORDS_FILE.stat().st_size < 600_000
