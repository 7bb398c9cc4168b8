"""The process `record` and the command `careline record`, as they are run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine

from bot.conversation.connection import Client
from bot.conversation.store import FEED
from bot.record.lease import LEASE
from bot.record.settings import RecordSettings
from bot.system.health import record_lives
from bot.system.programs import APP_PYTHON
from bot.system.settings import ROOT
from tests.record.story import PATIENT_TEXT, Story, rows

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def environment(settings: RecordSettings) -> dict[str, str]:
    """The environment of a process that keeps this record."""
    given = {"CARELINE_STATE": str(settings.careline_state), "REDIS_URL": settings.redis_url}
    return {**os.environ, **given, **({"RECORD_URL": settings.record_url} if settings.record_url else {})}


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts the process; ends it with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "record.log").open("ab") as log:
            command = [str(APP_PYTHON), "-m", "bot.record"]
            started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture
def careline(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `careline record ...`."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(APP_PYTHON), "-m", "bot.cli", "record", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    return run


def until(condition: Callable[[], object], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def until_caught_up(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        until(lambda: client.xlen(FEED) == 0)


async def test_it_follows_is_killed_and_goes_on(story: Story, engine: Engine, redis_url: str, start: Start) -> None:
    first = start()
    await story.patient()
    until_caught_up(redis_url)
    assert record_lives(redis_url)
    first.kill()
    first.wait()
    await story.bot()
    start()
    until_caught_up(redis_url)
    assert [row["sender"] for row in rows(engine)["messages"]] == ["patient", "bot"]


async def test_it_ends_when_it_is_told_to_and_leaves_the_lease(
    redis: Client, redis_url: str, start: Start, tmp_path: Path
) -> None:
    process = start()
    until(lambda: record_lives(redis_url))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
    assert not await redis.exists(LEASE)
    assert "Traceback" not in (tmp_path / "record.log").read_text()


@pytest.mark.parametrize("record_url", ["sqlite"], indirect=True)
async def test_while_the_database_is_away_it_waits_and_then_catches_up(
    story: Story, redis: Client, redis_url: str, engine: Engine, settings: RecordSettings, start: Start, careline: Any
) -> None:
    engine.dispose()
    folder, away = settings.file.parent, settings.file.parent.with_name("away")
    folder.rename(away)
    settings.file.mkdir(parents=True)  # nothing that can be opened as a database
    start()
    await story.patient()
    until(lambda: "(away)" in careline("status").stdout)
    assert await redis.xlen(FEED) > 0
    settings.file.rmdir()
    folder.rmdir()
    away.rename(folder)
    until_caught_up(redis_url)
    assert len(rows(engine)["messages"]) == 1


async def test_nothing_that_was_said_is_in_its_log(story: Story, redis_url: str, start: Start, tmp_path: Path) -> None:
    start()
    await story.whole()
    until_caught_up(redis_url)
    assert "Quillfeather" not in (tmp_path / "record.log").read_text()


async def test_the_commands_find_count_hand_out_and_erase(
    story: Story, redis_url: str, engine: Engine, start: Start, careline: Any, tmp_path: Path
) -> None:
    start()
    await story.whole()
    until_caught_up(redis_url)

    assert careline("status").returncode == 0
    found = careline("search", "quillfeather")
    assert (story.id in found.stdout, "1 messages." in found.stdout) == (True, True)
    counted = json.loads(careline("statistics", "--json").stdout)
    assert counted["conversations"] == 1
    assert "1 conversations" in careline("statistics").stdout

    exported = tmp_path / "export.json"
    assert careline("export", story.id, "--to", str(exported)).returncode == 0
    assert exported.stat().st_mode & 0o077 == 0
    whole = json.loads(exported.read_text())
    assert PATIENT_TEXT in [row["text"] for row in whole["record"]["messages"]]
    assert "token" not in whole["live"][f"careline:conv:{story.id}"]
    assert careline("export", story.id, "--to", str(exported)).returncode == 1, "it overwrites nothing"
    assert careline("export", "nobody", "--to", "-").returncode == 1

    assert careline("rebuild").returncode == 0
    assert careline("erase", story.id, "nobody", "--yes").returncode == 1
    assert careline("erase", story.id).returncode == 1, "it asks first"
    assert rows(engine)["messages"]
    assert careline("erase", story.id, "--yes").returncode == 0
    assert rows(engine)["messages"] == []

    until(lambda: len(rows(engine)["audit"]) == 5)
    lines = rows(engine)["audit"]
    assert [row["action"] for row in lines] == ["search", "export", "export", "rebuild", "erase"]
    assert not any("uillfeather" in str(row) for row in lines)
