"""The note says why, what, and what is open: in the nurse's language, with the patient's words as they were written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from bot.conversation import ownership
from bot.conversation.entry import Entry
from bot.conversation.screening import screen_message
from bot.conversation.state import State
from bot.conversation.store import Conversations
from bot.handoff.sbar import Note, Setting, open_question, sbar

WORDS = "I'm pregnant and I have crushing chest pain, no fever, my left arm is numb"
CHINESE = "我胸口压着疼，左胳膊发麻"


async def noted(conversations: Conversations, text: str, setting: Setting) -> Note:
    conversation, _ = await conversations.create("web", "en")
    entry = Entry(sender="patient", text=text, lang="en", client_id="m1").stamped(0)
    entry_id, _ = await conversations.accept(conversation, entry)
    await screen_message(conversations, conversation, entry_id, "GB")
    state = await conversations.state(conversation)
    return sbar(state, await conversations.entries(conversation), setting)


async def test_an_emergency_in_english(conversations: Conversations) -> None:
    note = await noted(conversations, WORDS, Setting("en", "GB", UTC, 1))
    situation, background, assessment, recommendation = note.lines
    assert "Acuity: emergency." in situation
    assert "Position in the queue: 1." in situation
    assert any(line.startswith("Person: Pregnant") for line in background)
    assert any(line.startswith("Rule: ") for line in assessment)
    assert any("Present: " in line and "chest pain" in line for line in assessment)
    assert any("Denied: " in line and "fever" in line.lower() for line in assessment)
    assert not any("regnant" in line for line in assessment)
    assert recommendation[0].startswith("Look now.")
    assert any(line.startswith("The patient was told: Call 999") for line in recommendation)
    assert recommendation[-1] == f"Open question: “{WORDS}”"


async def test_a_chinese_nurse_reads_chinese_and_the_patients_words_stay(conversations: Conversations) -> None:
    note = await noted(conversations, WORDS, Setting("zh", "GB"))
    assert "紧急程度：危急。" in note.lines[0]
    assert any(line.startswith("有：胸痛") and "“" in line for line in note.lines[2])
    assert any(line.startswith("已告知患者：") and "999" in line for line in note.lines[3])
    assert note.lines[3][-1] == f"待答：“{WORDS}”"


async def test_an_english_nurse_reads_what_a_chinese_patient_was_told(conversations: Conversations) -> None:
    note = await noted(conversations, CHINESE, Setting("en", "GB"))
    assert "Writes in Chinese by web." in note.lines[1]
    assert any(line.startswith("The patient was told: Call 999") for line in note.lines[3])
    assert CHINESE in note.lines[3][-1]


STATE = State(id="c", channel="web", lang="en", created=0)


def entry(sender: str, text: str, entry_id: str, **rest: object) -> Entry:
    return Entry(sender=sender, text=text, lang="en", id=entry_id, **rest)  # type: ignore[arg-type]


def test_what_the_bot_answered_and_asked_is_in_the_background() -> None:
    answer = {"outcome": "answered", "citations": [{"title": "Colds"}, {"title": "Colds"}, {"title": "Fever"}]}
    log = [
        entry("patient", "how long is a cold", "1-0"),
        entry("bot", "A week.", "2-0", kind="answer", answer=answer, turn="1-0"),
        entry("patient", "may I have wine with it", "3-0"),
        entry("bot", "No source.", "4-0", kind="answer", answer={"outcome": "not_covered"}, turn="3-0"),
        entry("bot", "How long have you had it?", "5-0"),
        entry("patient", "three days", "6-0"),
    ]
    background = sbar(STATE, log).lines[1]
    assert background == (
        "Writes in English by web.",
        "Asked by the assistant “How long have you had it?”, the patient wrote “three days”.",
        "Asked “how long is a cold”: the assistant answered from Colds, Fever.",
        "Asked “may I have wine with it”: the assistant had no source.",
    )
    assert "依据Colds、Fever回答" in "".join(sbar(STATE, log, Setting("zh")).lines[1])


def test_the_open_question_is_what_nobody_has_answered() -> None:
    asked = [entry("patient", "hello", "1-0"), entry("patient", "is it bad", "2-0")]
    assert open_question(asked) == "is it bad"
    assert open_question([*asked, entry("system", "You are in the queue", "3-0", kind="notice")]) == "is it bad"
    assert open_question([*asked, entry("bot", "Call 999", "3-0", kind="advice")]) == "is it bad"
    assert open_question([*asked, entry("nurse", "No", "3-0")]) is None
    assert open_question([*asked, entry("bot", "No", "3-0", kind="answer")]) is None


def test_what_the_screen_would_ask_next_is_named() -> None:
    from bot.triage.knowledge import known

    ask = known().protocols.questions[0]
    assert f"Not known yet, the screen would ask: {ask.text['en']}" in sbar(replace(STATE, ask=ask.id), []).lines[2]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("reason", ["screen", "asked", "not_covered", "transfer", "nurse_lost", "something new", None])
def test_every_state_has_a_note(lang: str, reason: str | None) -> None:
    state = replace(ownership.request_nurse(STATE, reason="asked", acuity="routine", now=1), reason=reason)
    unknown = replace(
        state,
        rules=({"id": "gone", "title": "An old rule"},),
        findings=({"id": "gone", "status": "present", "quote": "ow"},),
        advised=("Rest.",),
    )
    for each in (STATE, state, unknown):
        note = sbar(each, [], Setting(lang))
        assert len(note.text.splitlines()) == 4
        assert all(note.lines)
    assert "An old rule" in sbar(unknown, [], Setting(lang)).text
