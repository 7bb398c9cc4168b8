"""When the store is away an emergency is still answered, and nothing is acknowledged that was not stored."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.system.redis_server import find_redis_server
from tests.channels.conftest import Connect, Dialogue
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
        assert (await socket.receive_json())["type"] == "unsaved_advice"
        assert (await socket.receive_json())["code"] == "not_stored"
