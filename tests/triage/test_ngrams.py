"""A text as hashed runs and parts of words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.ngrams import SIZE, features


@given(st.text())
def test_every_text_has_features_of_unit_length_or_none(text: str) -> None:
    found = features(text)
    assert all(0 <= number < SIZE for number in found)
    assert not found or math.isclose(sum(weight * weight for weight in found.values()), 1)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Chest PAIN!", "chest, pain"),
        ("ｃｈｅｓｔ　ｐａｉｎ", "chest pain"),
        ("can’t", "can't"),
        ("38℃", "38°c"),
        ("胸 痛", "胸痛"),
    ],
)
def test_case_width_quotes_and_signs_make_no_difference(text: str, same: str) -> None:
    assert features(text) == features(same)


def test_what_stands_beside_what_makes_a_difference() -> None:
    assert features("no pain just cough") != features("no cough just pain")


@pytest.mark.parametrize("text", ["", "?!", "😀🚑", "\ud83d"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert features(text) == {}


def test_a_misspelt_word_shares_parts_with_the_right_one() -> None:
    assert features("breathng").keys() & features("breathing").keys()


def test_weights_that_were_learnt_find_their_features_again() -> None:
    assert sorted(features("胸痛")) == [10300, 11687, 18726, 33036, 36975, 38762, 57366, 64497, 64756]
