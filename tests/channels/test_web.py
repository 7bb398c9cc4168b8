"""The patient's socket: taken once, answered once, screened first."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from redis import Redis

from bot.conversation.store import partial_channel
from bot.server import build_app
from bot.settings import Settings
from tests.channels.conftest import Connect, Dialogue, Patient

CHEST_PAIN = "I have crushing chest pain and my left arm is numb"


async def test_a_message_is_acknowledged_and_answered(patient: Patient, dialogue: Dialogue) -> None:
    client_id = await patient.say("hello there")
    reply = await patient.until_entry(**{"from": "bot"})
    acks = [frame for frame in patient.frames if frame["type"] == "ack"]
    assert reply["text"] == "Hello, I am here."
    assert reply["turn"] == patient.entries[0]["id"]
    assert [ack["id"] for ack in acks] == [client_id]


async def test_the_same_message_again_is_not_answered_again(patient: Patient, dialogue: Dialogue) -> None:
    for _ in range(3):
        await patient.say("hello there", "m1")
    await patient.until_entry(**{"from": "bot"})
    await patient.quiet()
    assert [entry["from"] for entry in patient.entries] == ["patient", "bot"]
    assert len(dialogue.asked) == 1
    assert [f["duplicate"] for f in patient.frames if f["type"] == "ack"] == [False, True, True]


async def test_messages_are_answered_one_after_another(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.gate.clear()
    await patient.say("first", "m1")
    await patient.say("second", "m2")
    await patient.until(lambda frame: frame["type"] == "ack" and frame["id"] == "m2")
    await patient.quiet()
    assert [asked["message"] for asked in dialogue.asked] == ["first"]
    dialogue.gate.set()
    await patient.until_entry(**{"from": "bot"})
    await patient.until_entry(**{"from": "bot"})
    assert [asked["message"] for asked in dialogue.asked] == ["first", "second"]


async def test_rasa_is_told_the_verdict(patient: Patient, dialogue: Dialogue) -> None:
    await patient.say("what are your opening hours please")
    await patient.until_entry(**{"from": "bot"})
    metadata = dialogue.asked[0]["metadata"]
    assert metadata["conversation"] == patient.conversation
    assert metadata["verdict"]["acuity"] in ("routine", "self_care")
    assert dialogue.asked[0]["sender"].startswith(patient.conversation)


async def test_an_emergency_is_answered_while_an_answer_is_being_made(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.gate.clear()
    await patient.say("what helps against a cold")
    await patient.until(lambda frame: frame["type"] == "working")
    await patient.say(CHEST_PAIN)
    advice = await patient.until_entry(kind="advice")
    assert advice["advice"]["acuity"] == "emergency"
    dialogue.gate.set()
    await patient.quiet()
    assert "Hello, I am here." not in [entry["text"] for entry in patient.entries]


async def test_an_emergency_needs_no_dialogue_manager(patient: Patient, dialogue: Dialogue) -> None:
    await patient.say(CHEST_PAIN)
    await patient.until_entry(kind="advice")
    await patient.quiet()
    assert dialogue.asked == []


@pytest.mark.parametrize("silence", [{"replies": []}, {"status": 500}])
async def test_an_empty_or_failed_reply_is_a_failure_and_a_nurse_looks(
    patient: Patient, dialogue: Dialogue, silence: dict[str, Any]
) -> None:
    for name, value in silence.items():
        setattr(dialogue, name, value)
    await patient.say("what helps against a cold")
    told = await patient.until_entry(notice="assistant_unavailable")
    notices = [entry["notice"] for entry in patient.entries if entry["kind"] == "notice"]
    assert "999" in told["text"]
    assert notices == ["assistant_restarting", "assistant_unavailable"]
    state = await patient.until(lambda frame: frame["type"] == "state" and frame["owner"] == "queue")
    assert state["position"] == 1


async def test_a_dialogue_manager_that_comes_back_in_time_answers(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.status = 503
    await patient.say("what helps against a cold")
    await patient.until_entry(notice="assistant_restarting")
    dialogue.status = 200
    assert (await patient.until_entry(**{"from": "bot"}))["text"] == "Hello, I am here."


async def test_after_a_reconnect_only_what_was_missed_comes(
    patient: Patient, connect_patient: Connect, dialogue: Dialogue
) -> None:
    await patient.say("one")
    first = await patient.until_entry(**{"from": "bot"})
    await patient.socket.close()
    again = await connect_patient(patient.keys, since=first["id"])
    await again.say("two")
    await again.until_entry(**{"from": "bot"})
    assert [entry["from"] for entry in again.entries] == ["patient", "bot"]
    whole = await connect_patient(patient.keys)
    assert [entry["text"] for entry in whole.entries] == ["one", "Hello, I am here.", "two", "Hello, I am here."]


async def test_a_button_becomes_the_intent_that_the_bot_put_on_it(patient: Patient, dialogue: Dialogue) -> None:
    dialogue.replies = [{"text": "A nurse?", "buttons": [{"title": "Yes, a nurse", "payload": "/ask_human"}]}]
    await patient.say("hm")
    offered = await patient.until_entry(**{"from": "bot"})
    assert offered["buttons"] == [{"title": "Yes, a nurse"}]
    await patient.say("Yes, a nurse", button={"entry": offered["id"], "index": 0})
    await patient.until_entry(**{"from": "bot"})
    await patient.say("nope", button={"entry": offered["id"], "index": 7})
    await patient.until_entry(**{"from": "bot"})
    assert [asked.get("button") for asked in dialogue.asked] == [None, "/ask_human", None]


async def test_want_human_needs_nobody_else_and_works_once(patient: Patient, dialogue: Dialogue) -> None:
    for _ in range(2):
        await patient.socket.send_json({"type": "want_human", "id": "h1"})
    await patient.until_entry(notice="queued")
    await patient.until(lambda frame: frame["type"] == "state" and frame["position"] == 1)
    await patient.quiet()
    assert dialogue.asked == []
    assert [entry["notice"] for entry in patient.entries] == ["queued"]


async def test_a_patient_may_leave_the_queue(patient: Patient, dialogue: Dialogue) -> None:
    await patient.socket.send_json({"type": "want_human", "id": "h1"})
    await patient.until_entry(notice="queued")
    await patient.socket.send_json({"type": "leave_queue", "id": "l1"})
    await patient.until_entry(notice="left_queue")
    await patient.say("hello again")
    assert (await patient.until_entry(**{"from": "bot"}))["text"] == "Hello, I am here."


async def test_but_not_with_an_emergency(patient: Patient) -> None:
    await patient.say(CHEST_PAIN)
    await patient.until_entry(kind="advice")
    await patient.socket.send_json({"type": "leave_queue", "id": "l1"})
    error = await patient.until(lambda frame: frame["type"] == "error")
    assert error["code"] == "not_allowed"


async def test_verified_sentences_come_ahead_of_the_answer(
    patient: Patient, dialogue: Dialogue, redis_url: str
) -> None:
    dialogue.gate.clear()
    await patient.say("what helps against a cold")
    working = await patient.until(lambda frame: frame["type"] == "working")
    sentence = {"turn": working["turn"], "epoch": 0, "seq": 1, "sentence": {"text": "Rest.", "citations": [1]}}
    with Redis.from_url(redis_url) as redis:
        redis.publish(partial_channel(patient.conversation), json.dumps({**sentence, "epoch": 7}))
        redis.publish(partial_channel(patient.conversation), json.dumps({**sentence, "citations": []}))
    partial = await patient.until(lambda frame: frame["type"] == "partial")
    assert partial["sentence"]["text"] == "Rest."
    dialogue.gate.set()
    await patient.until_entry(**{"from": "bot"})
    assert len([frame for frame in patient.frames if frame["type"] == "partial"]) == 1


async def test_bad_frames_get_a_clear_error_and_the_socket_lives(patient: Patient) -> None:
    for frame in ("{", "[]", '{"type": "dance"}', '{"type": "say", "id": 5, "text": "x"}'):
        await patient.socket.send_str(frame)
        assert (await patient.until(lambda f: f["type"] == "error"))["code"] == "bad_frame"
    await patient.say("   ")
    assert (await patient.until(lambda f: f["type"] == "error"))["code"] == "empty"
    await patient.say("x" * 4001)
    assert (await patient.until(lambda f: f["type"] == "error"))["code"] == "too_long"
    await patient.say("still here")
    await patient.until_entry(**{"from": "bot"})


async def test_too_many_messages_are_held_back_but_never_an_emergency(
    patient: Patient, connect_patient: Connect
) -> None:
    for _ in range(41):
        await patient.say("hi")
    assert (await patient.until(lambda f: f["type"] == "error"))["code"] == "too_fast"
    again = await connect_patient(patient.keys)  # a new socket, perhaps of another process, is no new beginning
    await again.say("hi")
    assert (await again.until(lambda f: f["type"] == "error"))["code"] == "too_fast"
    await patient.say(CHEST_PAIN)
    await patient.until_entry(kind="advice")


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_without_the_token_nothing_is_shown(client: TestClient[Any, Any], patient: Patient, token: str) -> None:
    async with client.ws_connect("/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", "conversation": patient.conversation, "token": token})
        assert (await socket.receive_json())["code"] == "unauthorised"


async def test_the_language_of_the_page_counts_from_the_start(connect_patient: Connect, dialogue: Dialogue) -> None:
    chinese = await connect_patient(lang="zh")
    await chinese.socket.send_json({"type": "want_human", "id": "h1"})
    assert "护士" in (await chinese.until_entry(notice="queued"))["text"]


async def test_the_emergency_number_follows_the_language_where_no_region_is_set(
    settings: Settings,
) -> None:
    anywhere = settings.model_copy(update={"careline_region": None})
    async with TestClient(TestServer(build_app(anywhere))) as client:
        keys = await (await client.post("/api/conversations", json={"lang": "en"})).json()
        async with client.ws_connect("/api/patient/socket") as socket:
            await socket.send_json({"type": "hello", **keys, "since": None})
            patient = Patient(client, socket, keys)
            first = await patient.until(lambda frame: frame["type"] == "state")
            await socket.send_json({"type": "lang", "lang": "zh"})
            second = await patient.until(lambda frame: frame["type"] == "state")
    assert [frame["contacts"][0]["number"] for frame in (first, second)] == ["999", "120"]
