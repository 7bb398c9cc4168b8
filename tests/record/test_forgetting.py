"""In the whole running system: what a patient said is in many places, and after an erasure in none."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import psutil
import pytest
from redis.asyncio import Redis
from sqlalchemy import Engine

from bot.conversation.store import FEED
from bot.record.database import open_database
from bot.record.settings import RecordSettings
from bot.system.programs import APP_PYTHON
from bot.system.settings import ROOT
from tests.record.traces import MARKERS, in_files, in_store, in_tables
from tests.support.patient import Patient
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.slow]

SIGNED = " ".join(MARKERS)
QUESTION = f"What helps against a sore throat? asks {SIGNED}"
CHINESE = f"孩子发烧怎么办？我叫{SIGNED}"
CHEST_PAIN = f"I have crushing chest pain and my left arm is numb, signed {SIGNED}"


@pytest.fixture
async def patient(system: RunningSystem) -> AsyncIterator[Patient]:
    async with aiohttp.ClientSession() as http:
        patient = Patient(system.url, http)
        await patient.open()
        yield patient
        await patient.close()


@pytest.fixture
def engine(system: RunningSystem) -> Iterator[Engine]:
    """The record of the running system."""
    engine = open_database(RecordSettings(careline_state=system.state))
    yield engine
    engine.dispose()


async def test_an_erased_conversation_leaves_no_word_anywhere(
    system: RunningSystem, patient: Patient, engine: Engine
) -> None:
    for text in (QUESTION, CHINESE):
        await patient.say(text)
        await patient.until_entry(within=60, **{"from": "bot"})
    await patient.say(CHEST_PAIN)
    await patient.until_entry(kind="advice")
    await nurse_claims_and_writes(system, patient.conversation, f"Dear {SIGNED}, I am here")
    await patient.until_entry(**{"from": "nurse"})
    await caught_up(system)
    places = [*in_store(system.redis_url, MARKERS), *in_tables(engine, MARKERS), *in_files(system.state, MARKERS)]
    for where in (
        f"conv:{patient.conversation}:log",
        f"rasa:{patient.conversation}.0",
        "messages:",
        "notes:",
        "redis/",
    ):
        assert any(where in place for place in places), f"the words are not even in {where}"
    assert not any("/logs/" in place for place in places)

    erase(system, patient.conversation)
    await asyncio.sleep(2)  # whatever is late
    await caught_up(system)
    assert list(in_store(system.redis_url, MARKERS)) == []
    assert list(in_tables(engine, MARKERS)) == []
    assert list(in_files(system.state, MARKERS)) == []


async def test_a_conversation_that_is_erased_while_the_bot_answers_stays_erased(
    system: RunningSystem, patient: Patient, engine: Engine
) -> None:
    with stopped(system, "actions"):  # Rasa has the message, and waits
        await patient.say(QUESTION)
        await patient.until(lambda: any(frame["type"] == "working" for frame in patient.frames))
        erase(system, patient.conversation)
    await asyncio.sleep(12)  # longer than an answer, and than the lease of a turn
    await caught_up(system)
    assert list(in_store(system.redis_url, MARKERS)) == []
    assert list(in_tables(engine, MARKERS)) == []
    assert list(in_files(system.state, MARKERS)) == []
    assert any(frame.get("code") == "unauthorised" for frame in patient.frames)


@contextmanager
def stopped(system: RunningSystem, name: str) -> Iterator[None]:
    """Within this block a process stands still."""
    processes = [psutil.Process(pid) for pid in system.pids(name)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


async def nurse_claims_and_writes(system: RunningSystem, conversation: str, text: str) -> None:
    """A nurse logs in, takes the conversation and writes."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"Origin": system.url}) as http:
        login = {"name": system.nurse, "password": system.password}
        async with http.post(f"{system.url}/desk/api/login", json=login) as response:
            assert response.status == 200
        async with http.ws_connect(f"{system.url}/desk/api/socket") as socket:
            for frame in (
                {"type": "open"},
                {"type": "claim"},
                {"type": "say", "id": f"{conversation}-1", "text": text},
            ):
                await socket.send_json({**frame, "conversation": conversation})
            async for message in socket:
                if message.json()["type"] == "ack":
                    return


def erase(system: RunningSystem, conversation: str) -> None:
    """`careline record erase`."""
    command = [str(APP_PYTHON), "-m", "bot.cli", "record", "erase", conversation, "--yes"]
    done = subprocess.run(command, cwd=ROOT, env=system.env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


async def caught_up(system: RunningSystem) -> None:
    """Wait until the record has everything."""
    async with asyncio.timeout(60), Redis.from_url(system.redis_url) as redis:
        while await redis.xlen(FEED):  # noqa: ASYNC110 - it is another process that we wait for
            await asyncio.sleep(0.1)
