"""The intents that the screen gives, whatever the classifier thought."""

from __future__ import annotations

EMERGENCY = "emergency"
URGENT = "urgent_symptom"
UNSCREENED = "needs_human"  # the screen could not do its work: a human looks
SYMPTOM = "report_symptom"

SCREENED = frozenset({EMERGENCY, URGENT, UNSCREENED})

SMALL_TALK = frozenset(
    {"greet", "thank", "goodbye", "out_of_scope", "nlu_fallback", "who_are_you", "feedback_good", "feedback_bad"}
)
"""Intents that give way when the screen saw a symptom: "hi, my knee is swollen" is no greeting."""
