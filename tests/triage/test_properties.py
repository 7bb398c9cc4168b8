"""What must hold for any text at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage import LONGEST, Acuity, Said, Verdict, engine, screen
from bot.triage.knowledge import known

EMERGENCIES = [
    text
    for rule in known().protocols.rules
    if rule.acuity is Acuity.EMERGENCY
    for texts in rule.fires.values()
    for text in texts
]
CALM = [
    text
    for rule in known().protocols.rules
    if rule.id == "cold_self_care"
    for texts in rule.silent.values()
    for text in texts
]
WORDS = sorted({word for text in EMERGENCIES for word in text.split()} | set("没不有痛吐血突然胸头，。"))


@given(st.text())
@settings(deadline=None)
def test_never_raises_on_text(text: str) -> None:
    verdict = screen(text)
    json.dumps(verdict.to_dict())
    assert all(text[one.start : one.end] == one.quote for one in verdict.findings if one.end)


@pytest.mark.parametrize("value", [None, 7, b"chest pain", ["x"], {}])
def test_what_is_no_text_goes_to_a_human(value: Any) -> None:
    verdict = screen(value)
    assert verdict.acuity is Acuity.URGENT
    assert [hit.id for hit in verdict.rules] == ["screen_failed"]
    assert verdict.contacts


def test_a_fault_inside_goes_to_a_human(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(engine, "known", broken)
    verdict = screen("我胸痛")
    assert verdict.acuity is Acuity.URGENT
    assert verdict.contacts[0].number == "120"


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@settings(deadline=None)
def test_any_jumble_of_our_own_words_is_read(words: list[str]) -> None:
    assert "screen_failed" not in {hit.id for hit in screen(" ".join(words)).rules}


@given(st.sampled_from(EMERGENCIES), st.sampled_from(CALM), st.booleans())
@settings(deadline=None)
def test_unrelated_sentences_never_lower_an_emergency(emergency: str, calm: str, first: bool) -> None:
    text = f"{calm}. {emergency}" if first else f"{emergency}. {calm}"
    assert screen(text).acuity is Acuity.EMERGENCY


@given(st.sampled_from(EMERGENCIES), st.lists(st.sampled_from(CALM), max_size=3))
@settings(deadline=None)
def test_later_turns_never_forget_an_emergency(emergency: str, later: list[str]) -> None:
    history = [Said("patient", emergency), *(Said("patient", text) for text in later)]
    assert screen("ok", history=history).acuity is Acuity.EMERGENCY


@given(st.sampled_from(EMERGENCIES), st.sampled_from(EMERGENCIES))
@settings(deadline=None)
def test_two_emergencies_are_one(first: str, second: str) -> None:
    assert screen(second, history=[Said("patient", first)]).acuity is Acuity.EMERGENCY


@pytest.mark.parametrize("text", ["a" * 1_000_000, "😀" * 100_000, "no chest pain " * 70_000, "没有胸痛" * 250_000])
def test_a_wall_of_text_goes_to_a_human(text: str) -> None:
    assert screen(text).acuity.rank <= Acuity.URGENT.rank


def test_an_emergency_at_either_end_of_a_wall_of_text_is_seen() -> None:
    wall = "la " * LONGEST
    assert screen("I have crushing chest pain. " + wall).acuity is Acuity.EMERGENCY
    assert screen(wall + ". I have crushing chest pain").acuity is Acuity.EMERGENCY


@pytest.mark.parametrize("text", EMERGENCIES[:10])
def test_survives_the_wire(text: str) -> None:
    verdict = screen(text)
    again = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict())))
    assert again.to_dict() == verdict.to_dict()
