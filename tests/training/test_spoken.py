"""Lines of everyday talk that the reader by words learns from beside the labelled messages."""

from __future__ import annotations

from pathlib import Path

from bot.training.spoken import spoken

FOLDER = Path(__file__).resolve().parents[2] / "data" / "nlu"


def test_examples_of_intents_come_with_the_acuity_that_the_rules_give() -> None:
    found = {message.text: message for message in spoken(FOLDER)}
    assert found["I have a headache"].acuity == "routine"
    assert {message.lang for message in found.values()} == {"en", "zh"}
    assert {message.acuity for message in found.values()} >= {"urgent", "routine", "self_care"}
