"""The protocols' questions: each decides something, and asks so that a patient can say no or that they do not know."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from bot.triage.answers import is_unsure
from bot.triage.conditions import Condition, Facts, Is, holds
from bot.triage.knowledge import known
from bot.triage.protocols import Ask

QUESTIONS = known().protocols.questions
EACH = pytest.mark.parametrize("ask", QUESTIONS, ids=[ask.id for ask in QUESTIONS])


def ways(condition: Condition) -> Iterator[tuple[str, ...]]:
    """The smallest sets of findings that meet a condition (of `any` and `all`)."""
    if isinstance(condition, Is):
        yield (condition.finding,)
    elif condition.count == 1:
        yield from ((name,) for name in sorted(condition.present))
        for other in condition.others:
            yield from ways(other)
    else:
        for parts in product(*(list(ways(other)) for other in condition.others)):
            yield (*sorted(condition.present), *(name for part in parts for name in part))


def facts(present: set[str], absent: set[str] = frozenset()) -> Facts:  # type: ignore[assignment]
    implied = known().implied
    return Facts(frozenset(present.union(*(implied[name] for name in present))), frozenset(absent))


def rank(facts: Facts) -> int:
    """0 for emergency, 3 for self-care."""
    for rule in known().protocols.rules:
        if holds(rule.when, facts) and not (rule.unless and holds(rule.unless, facts)):
            return rule.acuity.rank
    return 3


def after(ask: Ask, way: tuple[str, ...]) -> list[tuple[int, bool]]:
    """Per option the acuity that it leads to, and whether it says that anything is present."""
    found = []
    for option in ask.options:
        present = {name for name, status in option.says.items() if status == "present"}
        absent = {name for name, status in option.says.items() if status == "absent"}
        found.append((rank(facts({*way, *present}, absent)), bool(present)))
    return found


@EACH
def test_an_answer_makes_it_more_urgent_whatever_led_to_the_question(ask: Ask) -> None:
    for way in ways(ask.when):
        assert min(acuity for acuity, _ in after(ask, way)) < rank(facts(set(way))), way


@EACH
def test_no_answer_but_a_yes_makes_it_more_urgent(ask: Ask) -> None:
    for way in ways(ask.when):
        assert all(acuity >= rank(facts(set(way))) for acuity, says_present in after(ask, way) if not says_present), way


@EACH
def test_a_patient_can_say_no(ask: Ask) -> None:
    assert any("present" not in option.says.values() and not is_unsure(option) for option in ask.options)
    assert len({label for option in ask.options for label in option.label.values()}) == 2 * len(ask.options)


def test_no_question_stands_within_another() -> None:
    texts = [text for ask in QUESTIONS for text in ask.text.values()]
    assert not [text for text in texts if sum(text in other for other in texts) > 1]
