"""A nurse sees what the patient says of an answer, and says what it should have been; the patient is not told."""

from __future__ import annotations

import pytest

from bot.conversation.connection import connect
from bot.desk.audit import AUDIT
from bot.settings import Settings
from tests.channels.conftest import Dialogue, Frame, Patient
from tests.channels.test_feedback import ANSWER, asked, judge
from tests.desk.conftest import LogIn, NurseDesk


@pytest.fixture
def dialogue(dialogue: Dialogue) -> Dialogue:
    """Answers everything."""
    dialogue.replies = [{"custom": {"kind": "answer", "answer": ANSWER}}]
    return dialogue


async def opened(desk: NurseDesk, patient: Patient) -> Frame:
    await desk.act("open", patient.conversation)
    return await desk.until(lambda frame: frame["type"] == "conversation")


async def correct(desk: NurseDesk, patient: Patient, entry: str, **rest: object) -> Frame:
    given = {"outcome": "answered", "text": "Rest and drink.", "topic": "common-cold", **rest}
    await desk.act("correct", patient.conversation, entry=entry, **given)
    return await desk.until(
        lambda frame: frame["type"] == "error" or (frame["type"] == "state" and frame["corrections"])
    )


async def test_feedback_is_seen_when_it_is_opened_and_live(patient: Patient, ada: NurseDesk) -> None:
    first = await asked(patient)
    await judge(patient, first, False)
    assert (await opened(ada, patient))["feedback"] == {first: False}
    await judge(patient, first, True)
    await ada.until(lambda frame: frame["type"] == "state" and frame["feedback"] == {first: True})


async def test_a_correction_is_seen_by_every_nurse_and_audited(
    patient: Patient, ada: NurseDesk, log_in: LogIn, settings: Settings
) -> None:
    entry, bob = await asked(patient), await log_in("bob")
    await opened(ada, patient)
    await opened(bob, patient)
    mine = (await correct(ada, patient, entry))["corrections"][entry]
    assert {name: mine[name] for name in ("outcome", "text", "topic", "by")} == {
        "outcome": "answered", "text": "Rest and drink.", "topic": "common-cold", "by": "Nurse Ada",
    }  # fmt: skip
    await bob.until(lambda frame: frame["type"] == "state" and frame["corrections"] == {entry: mine})
    await correct(bob, patient, entry, outcome="escalated", text="", topic=None)
    state = await ada.until(lambda frame: frame["type"] == "state" and frame["corrections"][entry]["by"] == "Nurse Bob")
    assert state["corrections"][entry]["outcome"] == "escalated"
    redis = connect(settings.redis_url)
    lines = [line for _id, line in await redis.xrange(AUDIT) if line["action"] == "correct"]
    await redis.aclose()
    assert [(line["nurse"], line["conversation"]) for line in lines] == [
        ("ada", patient.conversation),
        ("bob", patient.conversation),
    ]
    assert "Rest and drink." not in str(lines)


async def test_the_patient_is_not_told(patient: Patient, ada: NurseDesk) -> None:
    entry = await asked(patient)
    await opened(ada, patient)
    await correct(ada, patient, entry)
    assert "Rest and drink." not in str(await patient.quiet())


async def test_only_answers_are_corrected_and_only_in_the_form_of_the_protocol(
    patient: Patient, ada: NurseDesk
) -> None:
    entry = await asked(patient)
    question = next(each["id"] for each in patient.entries if each["from"] == "patient")
    await opened(ada, patient)
    assert (await correct(ada, patient, question))["code"] == "not_allowed"
    for wrong in ({"outcome": "perfect"}, {"topic": 7}, {"topic": "t" * 65}, {"text": None}, {"text": "t" * 8001}):
        assert (await correct(ada, patient, entry, **wrong))["code"] == "bad_frame"
    await ada.act("correct", "nowhere", entry=entry, outcome="answered", text="")
    assert (await ada.until(lambda frame: frame["type"] == "error"))["code"] == "not_allowed"
