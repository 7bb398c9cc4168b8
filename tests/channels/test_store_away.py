"""When the store is away an emergency is still answered, and nothing is acknowledged that was not stored."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode, WSMsgType
from aiohttp.test_utils import TestClient
from redis.exceptions import RedisError

from bot.conversation.store import Conversations
from bot.settings import WORDS_FILE, Settings
from bot.system.redis_server import find_redis_server
from tests.channels.conftest import Connect, Dialogue, Patient
from tests.support.running import free_ports

CHEST_PAIN = "I have crushing chest pain and my left arm is numb"


@pytest.fixture
def own_redis(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A Redis that this test may stop."""
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [str(find_redis_server()), "--port", str(port), "--dir", str(tmp_path), "--save", "", "--logfile", "redis.log"]
    )
    yield process, f"redis://127.0.0.1:{port}/0"
    process.send_signal(signal.SIGCONT)
    process.terminate()
    process.wait()


@pytest.fixture
def redis_url(own_redis) -> str:  # type: ignore[no-untyped-def]
    url: str = own_redis[1]
    return url


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
async def test_emergency_advice_comes_though_the_message_could_not_be_stored(
    own_redis,  # type: ignore[no-untyped-def]
    connect_patient: Connect,
    dialogue: Dialogue,
    fault: signal.Signals,
) -> None:
    patient = await connect_patient()
    own_redis[0].send_signal(fault)
    await patient.say(CHEST_PAIN, "m1")
    advice = await patient.until(lambda frame: frame["type"] == "unsaved_advice")
    error = await patient.until(lambda frame: frame["type"] == "error")
    assert "999" in advice["text"]
    assert (error["id"], error["code"]) == ("m1", "not_stored")
    assert not [frame for frame in patient.frames if frame["type"] == "ack"]


async def test_who_comes_while_the_store_is_away_gets_emergency_advice_too(
    own_redis,  # type: ignore[no-untyped-def]
    connect_patient: Connect,
    client: TestClient[Any, Any],
) -> None:
    keys = (await connect_patient()).keys
    own_redis[0].kill()
    async with client.ws_connect("/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", **keys, "since": None})
        await socket.send_json({"type": "say", "id": "m1", "text": CHEST_PAIN})
        assert (await socket.receive_json())["code"] == "not_stored"
        assert (await socket.receive_json())["type"] == "unsaved_advice"
        assert (await socket.receive_json())["id"] == "m1"


async def test_who_has_no_conversation_yet_is_read_for_an_emergency_while_none_can_be_made(
    own_redis,  # type: ignore[no-untyped-def]
    client: TestClient[Any, Any],
) -> None:
    own_redis[0].kill()
    assert (await client.post("/api/conversations")).status == 503
    async with client.ws_connect("/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", "conversation": "", "token": "", "since": None})
        await socket.send_json({"type": "say", "id": "m1", "text": CHEST_PAIN})
        told = await socket.receive_json()
        assert (told["code"], told["contacts"][0]["number"]) == ("not_stored", "999")
        assert (await socket.receive_json())["type"] == "unsaved_advice"


class TestReaderByWords:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"words_reader": WORDS_FILE})

    async def test_an_emergency_that_no_rule_knows_gets_advice_too(
        self,
        own_redis,  # type: ignore[no-untyped-def]
        connect_patient: Connect,
    ) -> None:
        patient = await connect_patient()
        own_redis[0].kill()
        await patient.say("mum has gone the colour of putty and keeps sliding down the armchair", "m1")
        advice = await patient.until(lambda frame: frame["type"] == "unsaved_advice")
        assert "999" in advice["text"]


async def test_without_a_conversation_nobody_is_let_in_while_the_store_is_there(client: TestClient[Any, Any]) -> None:
    async with client.ws_connect("/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", "conversation": "", "token": "", "since": None})
        assert (await socket.receive_json())["code"] == "unauthorised"


async def test_after_a_message_was_refused_nothing_later_is_stored_before_it(
    own_redis,  # type: ignore[no-untyped-def]
    connect_patient: Connect,
) -> None:
    patient = await connect_patient()
    own_redis[0].send_signal(signal.SIGSTOP)
    await patient.say("first", "m1")
    await patient.until(lambda frame: frame["type"] == "error" and frame.get("id") == "m1", within=20)
    await patient.say("second", "m2")
    await patient.until(lambda frame: frame["type"] == "error" and frame.get("id") == "m2", within=20)
    own_redis[0].send_signal(signal.SIGCONT)
    closed = await patient.socket.receive(timeout=20)
    assert (closed.type, closed.data) == (WSMsgType.CLOSE, WSCloseCode.SERVICE_RESTART)
    again = await connect_patient(patient.keys)
    for text, client_id in (("first", "m1"), ("second", "m2")):
        await again.say(text, client_id)
        await again.until(lambda frame: frame["type"] == "ack")
    await again.quiet()
    assert [entry["text"] for entry in again.entries if entry["from"] == "patient"] == ["first", "second"]


async def test_who_comes_to_a_hung_store_is_told_at_once_that_words_are_read_and_not_kept(
    own_redis,  # type: ignore[no-untyped-def]
    connect_patient: Connect,
    client: TestClient[Any, Any],
) -> None:
    keys = (await connect_patient()).keys
    own_redis[0].send_signal(signal.SIGSTOP)
    async with client.ws_connect("/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", **keys, "since": None})
        told = await socket.receive_json(timeout=1.5)  # far less than the store's own time limit
        assert (told["code"], told.get("id")) == ("not_stored", None)
        await socket.send_json({"type": "say", "id": "m1", "text": CHEST_PAIN})
        assert (await socket.receive_json())["type"] == "unsaved_advice"


async def test_an_emergency_behind_a_message_that_waits_for_the_store_is_seen_before_the_store_gives_up(
    own_redis,  # type: ignore[no-untyped-def]
    connect_patient: Connect,
) -> None:
    patient = await connect_patient()
    own_redis[0].send_signal(signal.SIGSTOP)
    await patient.say("hello", "m1")
    await patient.say(CHEST_PAIN, "m2")
    first = await patient.until(lambda frame: frame["type"] in ("unsaved_advice", "error"))
    assert (first["type"], first["id"]) == ("unsaved_advice", "m2")


async def test_what_could_not_be_read_when_it_was_said_is_shown_a_moment_later(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal is not repeated: it led to a question that the store did not answer."""
    ask, failed = Conversations.news, []

    async def fail_once(self: Conversations, conversation: str, *after: str) -> object:
        if not failed:
            failed.append(conversation)
            raise RedisError
        return await ask(self, conversation, *after)

    monkeypatch.setattr(Conversations, "news", fail_once)
    await patient.socket.send_json({"type": "want_human", "id": "h1"})
    await patient.until_entry(notice="queued")
    assert failed
