"""`make bench`: how long a patient waits, on this machine, beside what the same machine needs for the least thing.

Starts a Careline of its own. Machines differ, so each figure is also given as a ratio: emergency advice against one
`GET /health` of the same chat server (HTTP and a round trip to the store), an answer against one short reply asked
of the generator directly.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.running import RunningSystem

EMERGENCIES = (
    "I have crushing chest pain and my left arm is numb",
    "我爸突然说话不清楚，右边手脚没力气",
)
QUESTIONS = (
    "How much water should I drink when I have a fever?",
    "What can I do about heartburn at night?",
    "发烧的时候应该怎么办？",
)
ROUNDS = 10


async def measure(system: RunningSystem) -> list[tuple[str, float, float]]:
    """Title, milliseconds (median) and ratio to the baseline of each figure."""
    async with aiohttp.ClientSession() as http:
        health = await median(lambda: _get(http, f"{system.url}/health"), 5 * ROUNDS)
        emergency = await median(lambda: _say(http, system.url, EMERGENCIES, "advice"), ROUNDS)
        tokens = await median(lambda: _generate(http, system.env["GENERATOR_URL"]), 3)
        answer = await median(lambda: _say(http, system.url, QUESTIONS, "answer"), ROUNDS)
        first = await median(lambda: _say(http, system.url, QUESTIONS, "partial"), ROUNDS)
    return [
        ("GET /health (baseline)", health, 1.0),
        ("message to emergency advice", emergency, emergency / health),
        ("one short generator reply (baseline)", tokens, 1.0),
        ("question to first sentence", first, first / tokens),
        ("question to whole answer", answer, answer / tokens),
    ]


async def median(once: Callable[[], Awaitable[None]], rounds: int) -> float:
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


async def _say(http: aiohttp.ClientSession, url: str, texts: tuple[str, ...], wanted: str) -> None:
    """A new patient says one of the texts and waits for what is wanted (conversation and socket included)."""
    text = texts[_say_count() % len(texts)]
    async with http.post(f"{url}/api/conversations", json={"lang": "zh" if text > "一" else "en"}) as response:
        keys = await response.json()
    async with http.ws_connect(f"{url}/api/patient/socket") as socket:
        await socket.send_json({"type": "hello", **keys, "since": None})
        await socket.send_json({"type": "say", "id": str(uuid.uuid4()), "text": text})
        async with asyncio.timeout(30):
            async for message in socket:
                if _is(json.loads(message.data), wanted):
                    return
    raise RuntimeError(f"the connection closed before '{wanted}' came")


_said = 0


def _say_count() -> int:
    global _said
    _said += 1
    return _said


def _is(frame: dict[str, Any], wanted: str) -> bool:
    if frame["type"] == "entry" and frame["entry"]["from"] == "bot" and frame["entry"].get("turn"):
        return wanted != "advice" or frame["entry"]["kind"] == "advice"
    return bool(frame["type"] == wanted)


def main() -> None:
    """Start, measure, stop, print."""
    with tempfile.TemporaryDirectory(prefix="careline-bench-") as folder:
        system = RunningSystem(Path(folder))
        print("Starting a Careline to measure ...", flush=True)
        system.up()
        try:
            print(next(line for line in system.said.splitlines() if "is ready" in line))
            for title, milliseconds, ratio in asyncio.run(measure(system)):
                print(f"  {title:<40} {milliseconds:9.1f} ms   {ratio:6.1f} x")
        finally:
            system.down()


if __name__ == "__main__":
    main()
