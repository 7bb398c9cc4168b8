"""What findings and rules are called, in both languages, for whoever reads a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from .knowledge import known
from .protocols import Rule
from .verdict import Lang


def finding_label(finding: str) -> Mapping[str, str] | None:
    """The finding's name for staff; None for an id that the lexicon does not have (any more)."""
    entry = known().lexicon.entries.get(finding)
    return entry.label if entry else None


def finding_kind(finding: str) -> str | None:
    """symptom, event, condition, person or quality; None for an unknown id."""
    entry = known().lexicon.entries.get(finding)
    return entry.kind if entry else None


def rule_title(rule: str) -> Mapping[str, str] | None:
    """The rule's title; None for an id that no protocol has (any more)."""
    found = _rule(rule)
    return found.title if found else None


def rule_advice(rule: str, lang: str, region: str | None) -> str | None:
    """What the rule tells the patient to do, with the region's services named; None for an unknown id."""
    found = _rule(rule)
    spoken: Lang = "zh" if lang == "zh" else "en"
    return known().regions.choose(region, spoken).fill(found.advice[spoken], spoken) if found else None


def question_text(ask: str, lang: str) -> str | None:
    """A question of the screen in words; None for an unknown id."""
    found = next((one for one in known().protocols.questions if one.id == ask), None)
    return found.text["zh" if lang == "zh" else "en"] if found else None


def _rule(rule: str) -> Rule | None:
    return next((one for one in known().protocols.rules if one.id == rule), None)
