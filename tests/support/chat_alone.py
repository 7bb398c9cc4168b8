"""The chat server alone, as a process on a Redis: for what needs no dialogue, with settings of the test's own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bot.conversation.connection import connect
from bot.desk.accounts import Accounts
from bot.system.settings import ROOT
from tests.support.running import free_ports

PASSWORD = "a long enough password"


class ChatAlone:
    """One chat server process. The dialogue manager's address leads nowhere: whoever asks it gets a nurse."""

    def __init__(self, redis_url: str, log: Path, **environment: str) -> None:
        port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}"
        self.redis_url = redis_url
        self._log = log
        settings = {
            "CARELINE_PORT": str(port), "REDIS_URL": redis_url, "CARELINE_REGION": "GB",
            "RASA_URL": "http://127.0.0.1:1", "RASA_PATIENCE": "0", **environment,
        }  # fmt: skip
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.server"],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self, limit: float = 30.0) -> None:
        """Until it answers. RuntimeError with the end of its log otherwise."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2):  # noqa: S310  (an address of ours)
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the chat server did not start: {self._log.read_text()[-1000:]}")

    def add_nurse(self, name: str, display_name: str) -> None:
        """An account with PASSWORD."""

        async def add() -> None:
            redis = connect(self.redis_url)
            await Accounts(redis).add(name, display_name, PASSWORD)
            await redis.aclose()

        asyncio.run(add())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)
