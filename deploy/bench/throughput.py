"""Turns per second through the whole chain at several numbers of conversations, beside stock Rasa."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import aiohttp

from deploy.bench.figures import Spread, spread, table, times
from deploy.bench.stock import StockConversation, instant_actions, stock_rasa
from deploy.bench.widget import Widget
from tests.support.running import RunningSystem

CONVERSATIONS = (1, 16, 64, 256)
SECONDS = 8.0
SECONDS_EACH = 0.125
"""Seconds looked at per conversation, where there are many: the slowest answers take longer than the time above."""
WARM_UP = 2.0
TURNS = 10
"""Turns of one conversation before the next takes its place: stock Rasa's cost grows with them, ours does not."""
TEXTS = {"rule reply": "hello", "custom action": "What helps against a sore throat?"}


class Conversation(Protocol):
    """Whatever one can say something to."""

    async def say(self, text: str) -> float: ...

    async def close(self) -> None: ...


Open = Callable[[], Awaitable[Conversation]]


async def turns(begin: Open, text: str, conversations: int) -> tuple[float, Spread]:
    """Turns per second that were answered in the time looked at, and the spread of how long they took.

    Each conversation speaks when it was answered.
    """
    taken: list[float] = []
    looked_at = max(SECONDS, conversations * SECONDS_EACH)
    start = time.perf_counter() + WARM_UP
    end = start + looked_at

    async def talk() -> None:
        while time.perf_counter() < end:
            conversation = await begin()
            for _ in range(TURNS):
                seconds = await conversation.say(text)
                if time.perf_counter() > end:
                    break
                if time.perf_counter() > start:
                    taken.append(seconds)
            await conversation.close()

    await asyncio.gather(*(talk() for _ in range(conversations)))
    return len(taken) / looked_at, spread(taken)


async def measure(system: RunningSystem, stock_url: str) -> None:
    """Both, turn about, so that a machine that gets slower does so for both."""
    numbers = itertools.count()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ours() -> Conversation:
            return await Widget.open(http, system.url)

        async def stock() -> Conversation:
            return StockConversation(http, stock_url, f"bench-{next(numbers)}")

        for title, text in TEXTS.items():
            rows = []
            for conversations in CONVERSATIONS:
                baseline, before = await turns(stock, text, conversations)
                rate, after = await turns(ours, text, conversations)
                rows.append([conversations, "stock Rasa", baseline, before.p50, before.p95, before.p99, "baseline"])
                ratio = times(rate, baseline)
                rows.append([conversations, "Careline", rate, after.p50, after.p95, after.p99, ratio])
            head = ("conversations", "", "turns/s", "p50 ms", "p95 ms", "p99 ms", "turns/s to stock")
            table(f"Turns through the whole chain: {title}", head, rows)


def run(folder: Path) -> None:
    """Start both and measure."""
    with instant_actions(folder) as actions_url:
        # no second reader, as stock Rasa has none
        system = RunningSystem(
            folder / "state", CHAT_PROCESSES="2", RASA_PROCESSES="2", ACTIONS_URL=actions_url,
            CARELINE_MESSAGES_PER_MINUTE="1000000", CLASSIFY_URL="", EMBEDDINGS_URL="",
        )  # fmt: skip
        system.up()
        try:
            with stock_rasa(folder, system, actions_url) as stock_url:
                asyncio.run(measure(system, stock_url))
        finally:
            system.down()
