"""A nurse at work: the queue, the takeover, and a bot that stays silent."""

from __future__ import annotations

from bot.conversation.connection import connect
from bot.conversation.removal import remove_for_good
from bot.desk.audit import AUDIT
from bot.settings import Settings
from tests.channels.conftest import Connect, Dialogue, Patient
from tests.desk.conftest import LogIn, NurseDesk

CHEST_PAIN = "I have crushing chest pain and my left arm is numb"


async def want_human(patient: Patient) -> None:
    await patient.socket.send_json({"type": "want_human", "id": "h1"})
    await patient.until_entry(notice="queued")


async def test_an_emergency_stands_above_who_waited_longer(connect_patient: Connect, ada: NurseDesk) -> None:
    calm, sick = await connect_patient(), await connect_patient()
    await want_human(calm)
    await sick.say(CHEST_PAIN)
    items = await ada.queue(conversation=sick.conversation)
    assert [item["conversation"] for item in items] == [sick.conversation, calm.conversation]
    assert (items[0]["acuity"], items[0]["reason"]) == ("emergency", "screen")
    assert items[0]["rules"]
    assert items[0]["last"] == CHEST_PAIN
    alert = await ada.until(lambda frame: frame["type"] == "alert" and frame["acuity"] == "emergency")
    assert (alert["conversation"], alert["why"]) == (sick.conversation, "new")


async def test_a_nurse_takes_over_writes_and_hands_back(patient: Patient, ada: NurseDesk, dialogue: Dialogue) -> None:
    await want_human(patient)
    await ada.act("open", patient.conversation)
    opened = await ada.until(lambda frame: frame["type"] == "conversation")
    assert [part["part"] for part in opened["note"]["zh"]] == ["S", "B", "A", "R"]
    await ada.act("claim", patient.conversation)
    assert "Nurse Ada" in (await patient.until_entry(notice="claimed"))["text"]
    await ada.act("say", patient.conversation, id="n1", text="Hello, how can I help?")
    written = await patient.until_entry(**{"from": "nurse"})
    assert (written["text"], written["author"]) == ("Hello, how can I help?", "Nurse Ada")
    await patient.say("is anybody there")
    await ada.until(lambda frame: frame["type"] == "entry" and frame["entry"]["from"] == "patient")
    assert dialogue.asked == []
    await ada.act("hand_back", patient.conversation)
    await patient.until_entry(notice="handed_back")
    await patient.say("hello again")
    await patient.until_entry(**{"from": "bot"})
    assert [asked["message"] for asked in dialogue.asked] == ["hello again"]


async def test_what_a_nurse_wrote_is_sent_once(patient: Patient, ada: NurseDesk) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    for _ in range(3):
        await ada.act("say", patient.conversation, id="n1", text="Hello")
    await patient.until_entry(**{"from": "nurse"})
    await patient.quiet()
    assert len([entry for entry in patient.entries if entry["from"] == "nurse"]) == 1


async def test_the_bot_is_silent_while_a_nurse_has_it_even_with_a_late_answer(
    patient: Patient, ada: NurseDesk, dialogue: Dialogue
) -> None:
    dialogue.gate.clear()
    await patient.say("what helps against a cold")
    await patient.until(lambda frame: frame["type"] == "working")
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await patient.until_entry(notice="claimed")
    dialogue.gate.set()
    await patient.say("/restart")
    await patient.say(CHEST_PAIN)
    await ada.queue(conversation=patient.conversation, acuity="emergency")
    await patient.quiet()
    assert [entry for entry in patient.entries if entry["from"] == "bot"] == []
    assert len(dialogue.asked) == 1


async def test_a_second_nurse_cannot_take_or_write(patient: Patient, ada: NurseDesk, log_in: LogIn) -> None:
    bob = await log_in("bob")
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await ada.queue(owner="nurse", mine=True)
    assert [item["mine"] for item in await bob.queue(owner="nurse")] == [False]
    await bob.act("claim", patient.conversation)
    assert "Nurse Ada" in (await bob.until(lambda frame: frame["type"] == "error"))["message"]
    await bob.act("say", patient.conversation, id="b1", text="Hi")
    assert (await bob.until(lambda frame: frame["type"] == "error"))["code"] == "not_allowed"


async def test_a_closed_conversation_opens_again_when_the_patient_writes(patient: Patient, ada: NurseDesk) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await ada.act("close", patient.conversation)
    await patient.until_entry(notice="closed")
    await patient.say("one more thing")
    await patient.until_entry(**{"from": "bot"})


async def test_what_nurses_do_is_in_the_audit_without_patient_text(
    patient: Patient, ada: NurseDesk, settings: Settings
) -> None:
    await patient.say(CHEST_PAIN)
    await ada.queue(conversation=patient.conversation)
    for action in ("open", "claim", "close"):
        await ada.act(action, patient.conversation)
    await patient.until_entry(notice="closed")
    redis = connect(settings.redis_url)
    rows = [fields for _, fields in await redis.xrange(AUDIT)]
    await redis.aclose()
    assert [row["action"] for row in rows] == ["log_in", "open", "claim", "close"]
    assert not any("chest" in value for row in rows for value in row.values())


async def test_a_conversation_that_is_erased_leaves_the_screen(
    patient: Patient, ada: NurseDesk, settings: Settings
) -> None:
    await want_human(patient)
    await ada.queue(conversation=patient.conversation)
    await ada.act("open", patient.conversation)
    await ada.until(lambda frame: frame["type"] == "conversation")
    opened = len(ada.frames)
    redis = connect(settings.redis_url)
    await remove_for_good(redis, [patient.conversation])
    await redis.aclose()
    wanted = ({"type": "gone", "conversation": patient.conversation}, {"type": "queue", "items": []})
    await ada.until(lambda _frame: all(frame in ada.frames[opened:] for frame in wanted))
    assert (await patient.until(lambda frame: frame["type"] == "error"))["code"] == "unauthorised"
    await ada.act("open", patient.conversation)
    assert (await ada.until(lambda frame: frame["type"] == "error"))["code"] == "bad_frame"


async def test_a_nurse_who_asks_for_a_summary_is_in_the_audit(
    patient: Patient, ada: NurseDesk, settings: Settings
) -> None:
    await ada.act("summarise", patient.conversation, lang="en")
    await ada.until(lambda frame: frame["type"] == "summary")
    redis = connect(settings.redis_url)
    rows = [fields for _, fields in await redis.xrange(AUDIT)]
    await redis.aclose()
    assert (rows[-1]["action"], rows[-1]["conversation"]) == ("summarise", patient.conversation)
