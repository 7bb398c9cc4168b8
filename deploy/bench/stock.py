"""Stock Rasa beside ours: REST channel, its own Redis tracker and lock stores, the same model, the same action server.

One process: with several, its lock store loses messages. Its Redis is the one that ours uses, with the same guarantee
(every write on disk), in a database of its own.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiohttp
import requests

from tests.support.running import RunningSystem, free_ports

ROOT = Path(__file__).resolve().parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
APP_PYTHON = ROOT / ".venv" / "bin" / "python"
_STORE = """
  type: redis
  url: 127.0.0.1
  port: {port}
  db: 1
  password: {password}
"""


class StockConversation:
    """One sender of the REST channel."""

    def __init__(self, http: aiohttp.ClientSession, url: str, sender: str) -> None:
        self._http = http
        self._address = f"{url}/webhooks/rest/webhook"
        self._sender = sender

    async def say(self, text: str) -> float:
        """Seconds until the reply is there. RuntimeError when there is none."""
        began = time.perf_counter()
        async with self._http.post(self._address, json={"sender": self._sender, "message": text}) as response:
            if not await response.json():
                raise RuntimeError("stock Rasa said nothing")
        return time.perf_counter() - began

    async def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def instant_actions(folder: Path) -> Iterator[str]:
    """The address of an action server that answers at once."""
    port = free_ports(1)[0]
    command = [APP_PYTHON, "-m", "deploy.bench.instant_actions"]
    env = {**os.environ, "ACTIONS_PORT": str(port)}
    with _running(command, env, f"http://127.0.0.1:{port}/health", folder / "instant-actions.log"):
        yield f"http://127.0.0.1:{port}/webhook"


@contextmanager
def stock_rasa(folder: Path, system: RunningSystem, actions_url: str) -> Iterator[str]:
    """The address of a stock Rasa."""
    redis = urlsplit(system.redis_url)
    store = _STORE.format(port=redis.port, password=unquote(redis.password or ""))
    endpoints = folder / "stock-endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: {actions_url}\ntracker_store:{store}lock_store:{store}")
    (folder / "stock-credentials.yml").write_text("rest:\n")
    port = free_ports(1)[0]
    model = system.state / "rasa" / "careline.tar.gz"
    command = [
        RASA_PYTHON, "-m", "deploy.bench.stock_rasa", "run", "--interface", "127.0.0.1", "--port", str(port),
        "--model", model, "--endpoints", endpoints, "--credentials", folder / "stock-credentials.yml",
    ]  # fmt: skip
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    with _running(command, env, f"http://127.0.0.1:{port}/webhooks/rest/", folder / "stock-rasa.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str | Path], env: dict[str, str], health: str, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, health, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], health: str, log: Path, limit: float = 120.0) -> None:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(health, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise RuntimeError(f"{health} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
