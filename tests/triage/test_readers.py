"""Learned readers raise a verdict where they are sure; nothing that they say, or fail to say, lowers it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage import BY_WORDS, CLASSIFIER, Acuity, DataError, Reading, Verdict, raised, screen
from bot.triage.hearing import load
from bot.triage.source import data_dir

SURE = [0.97, 0.01, 0.01, 0.01]
CALM = [0.0, 0.0, 0.0, 1.0]
acuities = st.sampled_from(list(Acuity))
shares = st.lists(st.floats(0, 1), min_size=4, max_size=4)
anything = st.one_of(shares, st.none(), st.text(), st.lists(st.text()), st.lists(st.floats(), max_size=6))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (SURE, Acuity.EMERGENCY),
        ([0.5, 0.45, 0.03, 0.02], Acuity.URGENT),
        ([0.1, 0.2, 0.6, 0.1], Acuity.ROUTINE),
        ([0.2, 0.2, 0.1, 0.5], Acuity.SELF_CARE),
        (CALM, Acuity.SELF_CARE),
    ],
)
def test_a_reader_is_heard_from_its_bars_on(said: list[float], wanted: Acuity) -> None:
    assert raised(Verdict(Acuity.SELF_CARE), [Reading.of("r", said)]).acuity is wanted


def test_what_was_raised_says_so_with_advice_and_number_of_the_region() -> None:
    verdict = raised(Verdict(Acuity.ROUTINE, lang="zh"), [Reading.of("r", SURE)], "HK")
    assert [hit.id for hit in verdict.rules] == ["reader_emergency"]
    assert verdict.advice is not None
    assert "999" in verdict.advice
    assert verdict.contacts[0].number == "999"
    assert "raised by r" in verdict.reason


def test_no_reader_calms_an_emergency_or_replaces_its_advice() -> None:
    verdict = screen("I have crushing chest pain and my left arm is numb")
    assert raised(verdict, [Reading.of("r", CALM), Reading.of("s", SURE)]) is verdict


@given(acuities, st.lists(anything, max_size=3))
def test_whatever_readers_say_acuity_never_falls(acuity: Acuity, said: list[object]) -> None:
    readings = [Reading.of("r", one) for one in said]
    assert raised(Verdict(acuity), readings).acuity.rank <= acuity.rank


@given(acuities, st.lists(shares, max_size=3), shares)
def test_one_more_reader_never_lowers_what_the_others_raised(
    acuity: Acuity, said: list[list[float]], more: list[float]
) -> None:
    readings = [Reading.of("r", one) for one in said]
    alone = raised(Verdict(acuity), readings).acuity.rank
    assert raised(Verdict(acuity), [*readings, Reading.of("s", more)]).acuity.rank <= alone


@pytest.mark.parametrize(
    ("words", "classifier", "wanted"),
    [
        ([0.62, 0.08, 0.1, 0.2], [0.4, 0.1, 0.1, 0.4], Acuity.EMERGENCY),  # neither a classifier's 0.6 nor a calm one
        ([0.62, 0.08, 0.1, 0.2], [0.3, 0.3, 0.1, 0.3], Acuity.URGENT),
        ([0.62, 0.08, 0.1, 0.2], CALM, Acuity.SELF_CARE),
        ([0.62, 0.08, 0.1, 0.2], None, Acuity.EMERGENCY),
        ([0.45, 0.08, 0.1, 0.37], None, Acuity.URGENT),
        (None, [0.58, 0.0, 0.0, 0.42], Acuity.SELF_CARE),
        (None, SURE, Acuity.EMERGENCY),
        (None, None, Acuity.SELF_CARE),
    ],
)
def test_reader_by_words_and_classifier_are_heard_as_their_mean_or_each_alone(
    words: list[float] | None, classifier: list[float] | None, wanted: Acuity
) -> None:
    readings = [Reading.of(BY_WORDS, words), Reading.of(CLASSIFIER, classifier)]
    assert raised(Verdict(Acuity.SELF_CARE), readings).acuity is wanted


def test_a_large_model_is_heard_beside_the_two() -> None:
    readings = [Reading.of(BY_WORDS, CALM), Reading.of(CLASSIFIER, CALM), Reading.of("large model", SURE)]
    assert raised(Verdict(Acuity.SELF_CARE), readings).acuity is Acuity.EMERGENCY


@given(acuities, st.lists(st.tuples(st.sampled_from([BY_WORDS, CLASSIFIER, "r"]), anything), max_size=4))
def test_whatever_the_two_say_together_acuity_never_falls(acuity: Acuity, said: list[tuple[str, object]]) -> None:
    readings = [Reading.of(name, one) for name, one in said]
    assert raised(Verdict(acuity), readings).acuity.rank <= acuity.rank


@pytest.mark.parametrize(
    "said", [None, [], [1.0], "emergency", [0.2] * 4, [2, -1, 0, 0], [float("nan")] * 4, ["1", 0, 0, 0]]
)
def test_what_is_no_distribution_is_a_problem_and_changes_nothing(said: object) -> None:
    reading = Reading.of("r", said)
    verdict = Verdict(Acuity.ROUTINE)
    assert reading.problem
    assert raised(verdict, [reading]) is verdict


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("human: 0.60", "human: 0.2", "'human' must be a number from 0.5 to 1"),
        ("routine: 0.60", "routine: often", "'routine' must be a number"),
        ("{emergency} now", "999 now", "must name the number"),
        ("together:", "with:", "no key called 'with'"),
        ("urgent:\n", "soon:\n", "no key called 'soon'"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "readers.yml"
    shutil.copy(data_dir() / "readers.yml", path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=r"readers\.yml:\d+: .*" + says):
        load(tmp_path)
