"""How long a patient waits, alone on the machine, beside what the same machine needs for the least thing.

Machines differ, so each figure is given as a ratio too: emergency advice against one `GET /health` of the same chat
server (HTTP and a round trip to the store), an answer against one short reply asked of the generator directly.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import aiohttp

from deploy.bench.emergencies import EMERGENCIES
from deploy.bench.figures import table, times
from deploy.bench.widget import Widget
from tests.support.running import RunningSystem

QUESTIONS = (
    "How much water should I drink when I have a fever?",
    "What can I do about heartburn at night?",
    "发烧的时候应该怎么办？",
)
ROUNDS = 10


async def measure(system: RunningSystem) -> None:
    """Medians and their ratios to the baseline of each."""
    async with aiohttp.ClientSession() as http:
        health = await median(lambda: _get(http, f"{system.url}/health"), 5 * ROUNDS)
        emergency = await median(_saying(http, system.url, EMERGENCIES, "advice"), ROUNDS)
        tokens = await median(lambda: _generate(http, system.env["GENERATOR_URL"]), 3)
        answer = await median(_saying(http, system.url, QUESTIONS, "reply"), ROUNDS)
        first = await median(_saying(http, system.url, QUESTIONS, "partial"), ROUNDS)
    rows = [
        ["GET /health", health, "baseline"],
        ["message to emergency advice, with connecting", emergency, times(emergency, health)],
        ["one short generator reply", tokens, "baseline"],
        ["question to first sentence", first, times(first, tokens)],
        ["question to whole answer", answer, times(answer, tokens)],
    ]
    table("One patient, medians", ("", "ms", "to the baseline above"), rows)


async def median(once: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The median of `rounds` runs after one that does not count, in milliseconds."""
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


async def _get(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(url) as response:
        response.raise_for_status()
        await response.read()


async def _generate(http: aiohttp.ClientSession, url: str) -> None:
    body = {
        "model": "careline-generator",
        "messages": [{"role": "user", "content": "Say something about rest."}],
        "max_tokens": 48,
        "temperature": 0,
    }
    async with http.post(f"{url}/chat/completions", json=body) as response:
        response.raise_for_status()
        await response.read()


def _saying(
    http: aiohttp.ClientSession, url: str, texts: tuple[str, ...], wanted: str
) -> Callable[[], Awaitable[object]]:
    numbers = count()

    async def once() -> None:
        text = texts[next(numbers) % len(texts)]
        widget = await Widget.open(http, url, "zh" if text > "一" else "en")
        await widget.say(text, wanted)
        await widget.close()

    return once


def run(folder: Path) -> None:
    """Start and measure."""
    system = RunningSystem(folder / "state")
    system.up()
    try:
        asyncio.run(measure(system))
    finally:
        system.down()
