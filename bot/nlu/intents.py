"""The intents that the screen gives, whatever the classifier thought."""

from __future__ import annotations

EMERGENCY = "emergency"
URGENT = "urgent_symptom"
UNSCREENED = "needs_human"  # the screen could not do its work: a human looks
SYMPTOM = "report_symptom"
OPEN_SYMPTOM = "open_symptom"  # how urgent it is, one more question decides

SCREENED = frozenset({EMERGENCY, URGENT, UNSCREENED, OPEN_SYMPTOM})

ELSEWHERE = frozenset(
    {
        "ask_health_question", "ask_medication", "ask_opening_hours", "ask_appointment", "find_department",
        "ask_visiting", "ask_test_results", "ask_privacy", "withdraw_consent", "ask_human", "complaint",
        "who_are_you", "switch_language", "goodbye", "feedback_bad",
    }
)  # fmt: skip
"""Intents that leave an interview, where the message is no reply to its question."""

SMALL_TALK = frozenset(
    {"greet", "thank", "goodbye", "out_of_scope", "nlu_fallback", "who_are_you", "feedback_good", "feedback_bad"}
)
"""Intents that give way when the screen saw a symptom: "hi, my knee is swollen" is no greeting."""
