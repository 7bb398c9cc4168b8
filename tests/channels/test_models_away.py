"""With the model server away the reader by words raises what no rule knows."""

from __future__ import annotations

import pytest

from bot.settings import WORDS_FILE, Settings
from tests.channels.conftest import Dialogue, Patient

PUTTY = "mum has gone the colour of putty and keeps sliding down the armchair"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"classify_url": NOWHERE, "words_reader": WORDS_FILE})


async def test_an_emergency_that_no_rule_knows_gets_advice_and_the_queue(patient: Patient, dialogue: Dialogue) -> None:
    await patient.say(PUTTY)
    advice = await patient.until_entry(kind="advice")
    assert "999" in advice["text"]
    await patient.until_entry(notice="queued_emergency")
    await patient.quiet()
    assert dialogue.asked == []


async def test_everyday_words_are_left_to_the_bot(patient: Patient) -> None:
    await patient.say("what are your opening hours please")
    await patient.until_entry(text="Hello, I am here.")
