"""`careline up`: it starts everything or says why not, and leaves nothing running."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.system.programs import APP_PYTHON
from bot.system.settings import ROOT
from bot.system.supervision import end_all
from tests.support.running import NAMES, RunningSystem


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningSystem]:
    """A Careline of the test's own, not yet started."""
    running = RunningSystem(tmp_path)
    yield running
    end_all(running.processes_left())


def refused(running: RunningSystem) -> str:
    """The sentence with which a start is refused."""
    with pytest.raises(RuntimeError):
        running.up()
    assert running.exit_code == 1
    assert running.left_behind() == []
    assert "Traceback" not in running.said
    (sentence,) = (line for line in running.said.splitlines() if line.startswith("  ✗ "))
    return sentence


def test_a_taken_port_is_named_with_the_setting_that_changes_it(own: RunningSystem) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", own.settings.careline_port))
        holder.listen()
        said = refused(own)
    assert f"Port {own.settings.careline_port} (chat server) is taken" in said
    assert f"process {os.getpid()}" in said
    assert "CARELINE_PORT=" in said


def test_two_processes_cannot_share_a_port(tmp_path: Path) -> None:
    running = RunningSystem(tmp_path)
    clash = RunningSystem(
        tmp_path, RASA_PORT=str(running.settings.actions_port), ACTIONS_PORT=str(running.settings.actions_port)
    )
    assert (
        "ACTIONS_PORT and RASA_PORT are both" in refused(clash) or "RASA_PORT and ACTIONS_PORT are both" in clash.said
    )


def test_a_broken_triage_file_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "triage"
    shutil.copytree(ROOT / "data" / "triage", broken)
    (broken / "sets.yml").write_text("en: {unfinished\n")
    (tmp_path / "state").mkdir()
    assert "sets.yml:" in refused(RunningSystem(tmp_path / "state", CARELINE_TRIAGE_DATA=str(broken)))


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    assert "CARELINE_START_LIMIT is not valid" in refused(RunningSystem(tmp_path, CARELINE_START_LIMIT="soon"))


def test_a_redis_of_ones_own_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    said = refused(RunningSystem(tmp_path, REDIS_URL="redis://:secret@127.0.0.1:1/0"))
    assert "127.0.0.1:1" in said
    assert "secret" not in said


@pytest.mark.slow
def test_a_process_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    said = refused(RunningSystem(tmp_path, GENERATOR_WEIGHTS=str(tmp_path / "nowhere")))
    assert "The model server does not start" in said
    assert "models.log" in said


@pytest.mark.slow
@pytest.mark.system
def test_it_stops_without_a_trace_and_starts_again(own: RunningSystem) -> None:
    """Ctrl-C; kill -9 of `careline up`; kill -9 of the process manager: nothing outlives any of them."""
    own.up()
    assert stat.S_IMODE((own.state / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((own.state / "first-login.txt").stat().st_mode) == 0o600
    password = own.password
    assert own.down(signal.SIGINT) == 0
    assert own.left_behind() == []

    own.up()
    assert own.password == password
    psutil.Process(own.pid).kill()
    assert own.wait() == -signal.SIGKILL
    assert nothing_left(own)

    own.up()
    manager = next(each for each in own.processes_left() if "supervisord" in " ".join(each.cmdline()))
    manager.kill()
    assert own.wait() == 1
    assert "start again" in own.said
    assert own.left_behind() == []


def nothing_left(running: RunningSystem, limit: float = 40.0) -> bool:
    """Whether all processes of a system end by themselves within `limit` seconds."""
    end = time.monotonic() + limit
    while running.left_behind() and time.monotonic() < end:
        time.sleep(0.2)
    return running.left_behind() == []


@pytest.mark.system
def test_a_second_start_on_the_same_state_is_refused(system: RunningSystem) -> None:
    again = subprocess.run(
        [APP_PYTHON, "-m", "bot.cli", "up"], cwd=ROOT, env=system.env, capture_output=True, text=True, timeout=60
    )
    assert again.returncode == 1
    assert "is running on this state already" in again.stdout
    assert system.pids("chat")


@pytest.mark.system
@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_is_killed_comes_back(system: RunningSystem, name: str) -> None:
    before = system.pids(name)
    system.kill(name)
    system.wait_healthy(name)
    assert not set(before) & set(system.pids(name))


@pytest.mark.system
def test_the_doctor_finds_what_is_down(system: RunningSystem) -> None:
    for name in NAMES:
        system.wait_healthy(name)
    well = doctor(system)
    assert well.returncode == 0, well.stdout
    system.stop("actions")
    try:
        ill = doctor(system)
        assert ill.returncode == 1
        assert "The action server does not answer" in ill.stdout
    finally:
        system.start("actions")
        system.wait_healthy("actions")


def doctor(system: RunningSystem) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "CARELINE_STATE": str(system.state)}
    return subprocess.run(
        [APP_PYTHON, "-m", "bot.cli", "doctor"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
