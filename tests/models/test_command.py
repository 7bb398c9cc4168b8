"""`python -m models`: what stops it is one sentence and an exit status, and a signal stops it at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def start(**environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "models"],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_taken_port_is_told_before_anything_is_loaded(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with taken, start(MODELS_PORT=str(port)) as process:
        _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert told == f"The model server cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_a_wrong_setting_is_named() -> None:
    with start(GENERATOR_DTYPE="float8") as process:
        _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert told.startswith("The setting GENERATOR_DTYPE is wrong: ")


def test_missing_weights_end_the_process_and_name_the_command(tmp_path: Path) -> None:
    with start(CARELINE_STATE=str(tmp_path), MODELS_PORT="0") as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "python -m models.weights" in told


def test_a_signal_stops_it_even_while_it_loads() -> None:
    with start(MODELS_PORT="0") as process:
        assert process.stderr
        assert "loading models" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
    assert process.returncode == 0
