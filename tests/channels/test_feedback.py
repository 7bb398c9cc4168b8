"""The patient says whether an answer helped: shown on every page of theirs, only of answers of this conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.conftest import Connect, Dialogue, Frame, Patient

ANSWER: dict[str, Any] = {
    "outcome": "answered", "answer": "It may soothe.", "sentences": [], "citations": [], "help": None, "topic": "tea",
}  # fmt: skip


@pytest.fixture
def dialogue(dialogue: Dialogue) -> Dialogue:
    """Answers everything."""
    dialogue.replies = [{"custom": {"kind": "answer", "answer": ANSWER}}]
    return dialogue


async def asked(patient: Patient) -> str:
    """The id of an answer."""
    await patient.say("is tea good for a cold")
    return str((await patient.until_entry(kind="answer"))["id"])


async def judge(patient: Patient, entry: object, helpful: object) -> Frame:
    await patient.socket.send_json({"type": "feedback", "entry": entry, "helpful": helpful})
    return await patient.until(lambda frame: frame["type"] in ("feedback", "error"))


def shown(patient: Patient) -> list[tuple[str, bool]]:
    return [(frame["entry"], frame["helpful"]) for frame in patient.frames if frame["type"] == "feedback"]


async def test_a_choice_is_shown_on_all_pages_and_may_be_changed(patient: Patient, connect_patient: Connect) -> None:
    entry, other = await asked(patient), await connect_patient(patient.keys)
    assert await judge(patient, entry, True) == {"type": "feedback", "entry": entry, "helpful": True}
    await other.until(lambda frame: frame["type"] == "feedback" and frame["helpful"])
    await judge(patient, entry, False)
    await other.until(lambda frame: frame["type"] == "feedback" and not frame["helpful"])


async def test_a_page_that_comes_back_gets_the_last_choice_after_its_answer(
    patient: Patient, connect_patient: Connect
) -> None:
    entry = await asked(patient)
    await judge(patient, entry, True)
    await judge(patient, entry, False)
    anew = await connect_patient(patient.keys)
    assert shown(anew) == [(entry, False)]
    kinds = [frame["type"] for frame in anew.frames]
    assert kinds.index("feedback") > max(n for n, kind in enumerate(kinds) if kind == "entry")
    back = await connect_patient(patient.keys, since=entry)
    assert (back.entries, shown(back)) == ([], [(entry, False)])


async def test_what_was_told_is_not_told_again(patient: Patient) -> None:
    entry = await asked(patient)
    await judge(patient, entry, True)
    await patient.socket.send_json({"type": "feedback", "entry": entry, "helpful": True})
    await patient.say("and coffee")
    assert [frame for frame in await patient.quiet() if frame["type"] == "feedback"] == []


async def test_only_answers_of_this_conversation_are_judged(patient: Patient, connect_patient: Connect) -> None:
    entry, other = await asked(patient), await connect_patient()
    mine = next(each["id"] for each in patient.entries if each["from"] == "patient")
    for named in (mine, "1-1", "nothing", "+"):
        refused = await judge(patient, named, True)
        assert (refused["type"], refused["code"]) == ("error", "not_allowed")
    assert (await judge(other, entry, True))["code"] == "not_allowed"


async def test_a_refusal_is_not_judged(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.replies = [{"custom": {"kind": "answer", "answer": {**ANSWER, "outcome": "refused"}}}]
    assert (await judge(patient, await asked(patient), True))["code"] == "not_allowed"


@pytest.mark.parametrize(("entry", "helpful"), [("1-1", "yes"), ("1-1", None), (7, True)])
async def test_what_is_no_choice_is_a_bad_frame(patient: Patient, entry: object, helpful: object) -> None:
    assert (await judge(patient, entry, helpful))["code"] == "bad_frame"


async def test_the_answer_names_its_topic_for_the_editors(patient: Patient) -> None:
    await asked(patient)
    assert patient.entries[-1]["answer"]["topic"] == "tea"
