"""The real dialogue manager: a trained Rasa and the real action server, started once for these tests."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.running import free_ports

ROOT = Path(__file__).resolve().parents[2]
RASA_PYTHON = ROOT / ".venv-rasa/bin/python"
APP_PYTHON = ROOT / ".venv/bin/python"
TOKEN = "a-token-of-the-tests"
CALM = {"acuity": "self_care", "findings": [], "rules": [], "ask": None, "advice": None, "contacts": [], "lang": "en"}


@dataclass
class Rasa:
    """A running Rasa with its action server."""

    url: str
    store: str
    log: Path
    actions_url: str
    environment: dict[str, str] = field(repr=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, health: str, *command: str | Path) -> None:
        """Starts one of the two processes and waits until it is healthy."""
        log = self.log.with_name(f"{name}.log")
        with log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        wait_for(health, self.processes[name], log)

    def start_actions(self) -> None:
        self.start("actions", f"{self.actions_url}/health", APP_PYTHON, "-m", "actions")

    def start_rasa(self) -> None:
        self.start("rasa", f"{self.url}/webhooks/careline/", RASA_PYTHON, "-m", "bot.nlu.launcher", "run")

    @contextmanager
    def without_actions(self) -> Iterator[None]:
        """Within this block the action server is dead."""
        self.processes["actions"].kill()
        self.processes["actions"].wait()
        try:
            yield
        finally:
            self.start_actions()

    def post(self, body: Any, token: str | None = TOKEN) -> tuple[int, Any]:
        """What the webhook answers to this body: status and JSON."""
        address = f"{self.url}/webhooks/careline/webhook" + (f"?token={token}" if token is not None else "")
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = requests.post(address, content, headers={"Content-Type": "application/json"}, timeout=60)
        return answer.status_code, answer.json()

    def say(self, sender: str, text: str, **metadata: Any) -> list[dict[str, Any]]:
        """The bot's replies to a message; metadata as given, a calm verdict if none."""
        known = {"lang": "en", "verdict": CALM, **metadata}
        status, replies = self.post({"sender": sender, "message": text, "metadata": known})
        assert status == 200, replies
        return list(replies)


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model of the working tree."""
    done = subprocess.run([RASA_PYTHON, "-m", "bot.nlu.train"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(os.environ.get("CARELINE_STATE") or ROOT / ".careline") / "rasa/careline.tar.gz"


@pytest.fixture(scope="session")
def rasa(model: Path, redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    """Rasa with its dialogues in a real Redis, and the action server with no model server: answers are quoted."""
    rasa_port, actions_port, nobody = free_ports(3)
    folder = tmp_path_factory.mktemp("rasa")
    environment = {
        **os.environ,
        "RASA_PORT": str(rasa_port),
        "RASA_TOKEN": TOKEN,
        "ACTIONS_PORT": str(actions_port),
        "ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "REDIS_URL": redis_server,
        "GENERATOR_URL": f"http://127.0.0.1:{nobody}/v1",
        "EMBEDDINGS_URL": "",
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "DEBUG",  # Rasa at its most talkative, so that what must not be logged had its chance
    }
    running = Rasa(
        f"http://127.0.0.1:{rasa_port}",
        redis_server,
        folder / "rasa.log",
        f"http://127.0.0.1:{actions_port}",
        environment,
    )
    try:
        running.start_actions()
        running.start_rasa()
        yield running
    finally:
        for process in running.processes.values():
            process.terminate()
        for process in running.processes.values():
            process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, limit: float = 90.0) -> None:
    """Until `url` answers 200; fails with the log when the process dies or time runs out."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(url, timeout=5).status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def sender(request: pytest.FixtureRequest) -> str:
    """A conversation of its own for each test."""
    return f"{request.node.name}-{time.monotonic_ns()}"
