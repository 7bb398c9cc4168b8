"""Emergency advice while the generator is as busy as it can be."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from deploy.bench.figures import Spread, spread, table, times
from deploy.bench.widget import Widget
from tests.support.running import RunningSystem

EMERGENCIES = ("I have crushing chest pain and my left arm is numb", "我爸突然说话不清楚，右边手脚没力气")
ROUNDS = 300
PAUSE = 0.05
WRITERS = 16
"""Replies asked of the generator at any moment: twice as many as it writes side by side."""


async def advice(http: aiohttp.ClientSession, url: str) -> Spread:
    """Seconds from a patient's words to the advice, one patient after the other on an open socket of each."""
    taken = []
    for number in range(ROUNDS):
        widget = await Widget.open(http, url)
        taken.append(await widget.say(EMERGENCIES[number % len(EMERGENCIES)], "advice"))
        await widget.close()
        await asyncio.sleep(PAUSE)
    return spread(taken)


@asynccontextmanager
async def busy_generator(http: aiohttp.ClientSession, url: str) -> AsyncIterator[None]:
    """Within this block the generator has more to write than it can."""
    body = {
        "model": "careline-generator",
        "messages": [{"role": "user", "content": "Say all that you know about rest."}],
        "max_tokens": 200,
    }

    async def ask() -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.post(f"{url}/chat/completions", json=body) as response:
                    await response.read()

    writers = [asyncio.create_task(ask()) for _ in range(WRITERS)]
    await asyncio.sleep(3)
    try:
        yield
    finally:
        for writer in writers:
            writer.cancel()


async def measure(system: RunningSystem) -> None:
    """At rest, then under load."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        await advice(http, system.url)
        rest = await advice(http, system.url)
        async with busy_generator(http, system.env["GENERATOR_URL"]):
            busy = await advice(http, system.url)
    rows = [
        [name, each.p50, each.p95, each.p99, times(each.p99, rest.p99)]
        for name, each in (("generator at rest", rest), ("generator saturated", busy))
    ]
    table(f"Emergency advice, {ROUNDS} patients", ("", "p50 ms", "p95 ms", "p99 ms", "p99 to rest"), rows)


def run(folder: Path) -> None:
    """Start and measure."""
    system = RunningSystem(folder / "state")
    system.up()
    try:
        asyncio.run(measure(system))
    finally:
        system.down()
