"""Every rule's own messages: those that must fire it and the look-alikes that must not."""

from __future__ import annotations

import pytest

from bot.triage import screen
from bot.triage.knowledge import known
from bot.triage.protocols import Rule

RULES = known().protocols.rules


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, lang, text, id=f"{rule.id}-{lang}-{number}")
        for rule in RULES
        for lang, texts in getattr(rule, kind).items()
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(("rule", "lang", "text"), _cases("fires"))
def test_fires(rule: Rule, lang: str, text: str) -> None:
    verdict = screen(text)
    assert verdict.acuity.rank <= rule.acuity.rank
    if not (rule.acuity.value == "self_care" and verdict.acuity.value != "self_care"):
        assert rule.id in [hit.id for hit in verdict.rules]
    assert verdict.lang == lang


@pytest.mark.parametrize(("rule", "lang", "text"), _cases("silent"))
def test_is_silent(rule: Rule, lang: str, text: str) -> None:
    assert rule.id not in [hit.id for hit in screen(text).rules]


def test_there_are_at_least_twenty_red_flags() -> None:
    assert sum(rule.acuity.value == "emergency" for rule in RULES) >= 20


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_advice_names_the_regions_number(rule: Rule) -> None:
    if rule.acuity.value != "emergency":
        return
    for region, number in (("GB", "999"), ("US", "911"), ("CN", "120"), ("IN", "112")):
        verdict = screen(rule.fires["en"][0], region=region)
        assert verdict.advice is not None
        assert number in verdict.advice
        assert "{" not in verdict.advice
        assert verdict.contacts[0].number == number


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("他不喘气了，嘴唇发紫", "unconscious"),
        ("we had the barbecue inside the tent and my partner won't wake up", "carbon_monoxide"),
        ("she was stung by a wasp, came out in hives and has passed out, won't wake up", "unconscious"),
        ("I had my baby six days ago and I soak a pad every twenty minutes", "postpartum_haemorrhage"),
    ],
)
def test_the_advice_shown_is_of_what_kills_first(text: str, rule: str) -> None:
    first, *others = screen(text).rules
    assert first.id == rule
    assert others
