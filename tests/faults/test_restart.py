"""Two chat servers behind one address, and a rolling restart of both while patients write."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.system.programs import APP_PYTHON
from bot.system.settings import ROOT
from tests.support.patient import Patient
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.slow]

CHAT_SERVERS = ("chat-1", "chat-2")


@pytest.fixture
async def patients(system: RunningSystem) -> AsyncIterator[list[Patient]]:
    async with aiohttp.ClientSession() as http:
        patients = [Patient(system.url, http) for _ in range(8)]
        for patient in patients:
            await patient.open()
        yield patients
        for patient in patients:
            await patient.close()


@pytest.mark.parametrize("stopped", CHAT_SERVERS)
async def test_each_chat_server_serves_alone_behind_the_one_address(
    system: RunningSystem, patients: list[Patient], stopped: str
) -> None:
    system.stop(stopped)
    try:
        for patient in patients:
            await patient.say("hello")
        for patient in patients:
            await patient.until_entry(**{"from": "bot"})
    finally:
        system.start(stopped)
        system.wait_healthy(stopped)


async def test_a_rolling_restart_loses_and_repeats_nothing(system: RunningSystem, patients: list[Patient]) -> None:
    before = [pid for name in CHAT_SERVERS for pid in system.pids(name)]
    restart = await asyncio.create_subprocess_exec(
        APP_PYTHON, "-m", "bot.cli", "restart", "chat", cwd=ROOT, env=system.env, stdout=subprocess.PIPE
    )
    ended, rounds = asyncio.create_task(restart.wait()), 0
    while not ended.done():
        rounds += 1
        for patient in patients:
            await patient.say(f"hello {rounds}")
        await asyncio.wait({ended}, timeout=1)
    assert restart.returncode == 0
    assert not set(before) & {pid for name in CHAT_SERVERS for pid in system.pids(name)}
    wanted = [f"hello {number}" for number in range(1, rounds + 1)]
    for patient in patients:
        await patient.until(lambda patient=patient: len(replies(patient)) == rounds, within=60)
        said = [entry["text"] for entry in patient.entries if entry["from"] == "patient"]
        assert said == wanted
        assert [entry["turn"] for entry in replies(patient)] == [
            entry["id"] for entry in patient.entries if entry["from"] == "patient"
        ]
        restarted = [frame for frame in patient.frames if frame["type"] == "welcome"]
        assert len(restarted) >= 2


def replies(patient: Patient) -> list[dict[str, str]]:
    return [entry for entry in patient.entries if entry["from"] == "bot"]


def test_the_restart_of_what_does_not_exist_names_what_does(system: RunningSystem) -> None:
    done = subprocess.run(
        [APP_PYTHON, "-m", "bot.cli", "restart", "nobody"],
        cwd=ROOT, env=system.env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "chat-1, chat-2" in done.stdout


def test_a_protocol_that_cannot_be_read_is_named_and_nothing_is_stopped(system: RunningSystem, tmp_path: Path) -> None:
    broken = tmp_path / "triage"
    shutil.copytree(ROOT / "data" / "triage", broken)
    (broken / "protocols" / "stroke.yml").write_text("id: stroke\nlabel: {en: Stroke}\n", encoding="utf-8")
    before = [system.pids(name) for name in CHAT_SERVERS]
    done = subprocess.run(
        [APP_PYTHON, "-m", "bot.cli", "restart", "chat"],
        cwd=ROOT, env={**system.env, "CARELINE_TRIAGE_DATA": str(broken)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "stroke.yml:" in done.stdout
    assert [system.pids(name) for name in CHAT_SERVERS] == before
