"""What it costs that every message is on disk before it is acknowledged."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.conversation.connection import connect
from bot.conversation.entry import Entry
from bot.conversation.store import Conversations
from bot.system.health import redis_answers
from bot.system.redis_server import find_redis_server
from deploy.bench.figures import Spread, spread, table, times
from tests.support.running import free_ports

SETTINGS = {
    "no log on disk": ("no", "no"),
    "log, written out once a second": ("yes", "everysec"),
    "log, written out before each answer (ours)": ("yes", "always"),
}
AT_ONCE = (1, 64)
SECONDS = 4.0


async def accept(url: str, at_once: int) -> tuple[float, Spread]:
    """Messages per second that the store takes, and how long each took."""
    redis = connect(url)
    conversations, taken = Conversations(redis), list[float]()
    end = time.perf_counter() + SECONDS

    async def write(name: int) -> None:
        conversation, _token = await conversations.create("web", "en")
        number = 0
        while (began := time.perf_counter()) < end:
            number += 1
            said = Entry(sender="patient", text="I have a cold since Monday.", lang="en", client_id=f"{name}-{number}")
            await conversations.accept(conversation, said.stamped(0), pend=False)
            taken.append(time.perf_counter() - began)

    await asyncio.gather(*(write(name) for name in range(at_once)))
    await redis.aclose()
    return len(taken) / SECONDS, spread(taken)


def run(folder: Path) -> None:
    """Start a Redis of each kind and measure."""
    rows, baseline = [], dict[int, float]()
    for title, (log, fsync) in SETTINGS.items():
        with _redis(folder / fsync, log, fsync) as url:
            for at_once in AT_ONCE:
                rate, each = asyncio.run(accept(url, at_once))
                ratio = times(rate, baseline.setdefault(at_once, rate))
                rows.append([title, at_once, rate, each.p50, each.p99, ratio])
    table("Messages taken into the store", ("", "at once", "messages/s", "p50 ms", "p99 ms", "to no log"), rows)


@contextmanager
def _redis(folder: Path, log: str, fsync: str) -> Iterator[str]:
    folder.mkdir()
    port, program = free_ports(1)[0], find_redis_server()
    if program is None:
        raise RuntimeError("there is no redis-server: run `make setup`")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
    command += ["--appendonly", log, "--appendfsync", fsync, "--logfile", folder / "redis.log"]
    process = subprocess.Popen(command)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        while not redis_answers(url):
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)
