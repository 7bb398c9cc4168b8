"""The patient leaves the queue, or ends the conversation; an emergency stays with the nurses."""

from __future__ import annotations

from typing import Any

from bot.handoff.waits import usual_minutes
from tests.channels.conftest import Connect, Dialogue, Patient

CHEST_PAIN = "I have crushing chest pain and my left arm is numb"


async def act(patient: Patient, kind: str, client_id: str) -> dict[str, Any]:
    await patient.socket.send_json({"type": kind, "id": client_id})
    return await patient.until(lambda frame: frame["type"] in ("ack", "error") and frame.get("id") == client_id)


async def test_the_patient_ends_it_and_writes_again(patient: Patient, dialogue: Dialogue) -> None:
    await act(patient, "want_human", "h1")
    assert (await act(patient, "close", "c1"))["type"] == "ack"
    assert (await patient.until(lambda f: f["type"] == "state" and f["owner"] == "closed"))["position"] is None
    await act(patient, "close", "c1")
    await act(patient, "close", "c2")
    await patient.say("one more thing")
    await patient.until_entry(**{"from": "bot"})
    assert [e["notice"] for e in patient.entries if e.get("notice") == "closed_by_patient"] == ["closed_by_patient"]


async def test_an_emergency_neither_leaves_the_queue_nor_ends(patient: Patient) -> None:
    await patient.say(CHEST_PAIN)
    await patient.until(lambda f: f["type"] == "state" and f["owner"] == "queue")
    for kind in ("leave_queue", "close"):
        refused = await act(patient, kind, f"{kind}1")
        assert (refused["type"], refused["code"]) == ("error", "not_allowed")


async def test_an_end_while_the_assistant_is_at_it_shows_no_late_answer(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.gate.clear()
    await patient.say("what helps against a cold")
    await patient.until(lambda frame: frame["type"] == "working")
    await act(patient, "close", "c1")
    dialogue.gate.set()
    await patient.quiet()
    assert [entry for entry in patient.entries if entry["from"] == "bot"] == []


async def test_the_position_moves_up_when_others_go(connect_patient: Connect) -> None:
    first, second = await connect_patient(), await connect_patient()
    await act(first, "want_human", "h1")
    await act(second, "want_human", "h1")
    await second.until(lambda f: f["type"] == "state" and f["position"] == 2)
    await act(first, "leave_queue", "l1")
    await second.until(lambda f: f["type"] == "state" and f["position"] == 1, within=15)


MINUTE = 60_000
NOW = 10**12


def test_how_long_it_may_take_is_said_only_from_recent_waits() -> None:
    assert usual_minutes([(NOW, MINUTE)] * 4, NOW) is None
    assert usual_minutes([(NOW, MINUTE)] * 5, NOW) == 2
    assert usual_minutes([(NOW - 3 * 3600 * 1000, MINUTE)] * 50, NOW) is None
    assert usual_minutes([(NOW, MINUTE), *[(NOW, 11 * MINUTE)] * 4], NOW) == 15
    assert usual_minutes([(NOW, MINUTE)] * 8 + [(NOW, 200 * MINUTE)] * 2, NOW) == 2
    assert usual_minutes([(NOW, 200 * MINUTE)] * 5, NOW) is None
