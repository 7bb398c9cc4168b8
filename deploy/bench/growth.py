"""What a turn costs as its conversation grows, beside stock Rasa."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from deploy.bench.figures import spread, table, times
from deploy.bench.stock import StockConversation, instant_actions, stock_rasa
from deploy.bench.throughput import TEXTS, Conversation
from deploy.bench.widget import Widget
from tests.support.running import RunningSystem

AT = (10, 100, 500)
WINDOW = 20
"""Turns around each of these whose median is taken."""


async def grow(conversation: Conversation, text: str) -> list[float]:
    """Seconds of each turn of one conversation, up to the last of interest."""
    return [await conversation.say(text) for _ in range(AT[-1] + WINDOW // 2)]


async def measure(system: RunningSystem, stock_url: str) -> None:
    """One conversation of each, one after the other."""
    async with aiohttp.ClientSession() as http:
        for title, text in TEXTS.items():
            stock = await grow(StockConversation(http, stock_url, f"growth {title}"), text)
            ours = await grow(await Widget.open(http, system.url), text)
            rows = [_row("stock Rasa", stock), _row("Careline", ours)]
            head = ("", *(f"turn {turn}, ms" for turn in AT), f"turn {AT[-1]} to {AT[0]}")
            table(f"Cost of a turn in a long conversation: {title}", head, rows)


def _row(name: str, taken: Sequence[float]) -> list[object]:
    half = WINDOW // 2
    medians = [spread(taken[max(0, turn - half) : turn + half]).p50 for turn in AT]
    return [name, *medians, times(medians[-1], medians[0])]


def run(folder: Path) -> None:
    """Start both and measure."""
    with instant_actions(folder) as actions_url:
        system = RunningSystem(
            folder / "state", ACTIONS_URL=actions_url, CARELINE_MESSAGES_PER_MINUTE="1000000", CLASSIFY_URL=""
        )
        system.up()
        try:
            with stock_rasa(folder, system, actions_url) as stock_url:
                asyncio.run(measure(system, stock_url))
        finally:
            system.down()
