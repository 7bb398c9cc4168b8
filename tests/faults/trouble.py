"""Kills, freezes, stops and restarts the processes of a running system, in an order that a seed decides."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Iterator

import psutil

from tests.faults.evidence import Outage
from tests.support.running import RunningSystem

ACTIONS = ("kill", "freeze", "stop", "restart")
OFTEN = {"chat": 3, "redis": 3, "record": 2}
"""How often a kind comes up beside the others, whose starts take most of a small machine."""
_AT_ONCE = 3


class Trouble:
    """`outages` grows while it works. `between`: mean seconds from one fault to the next."""

    def __init__(self, system: RunningSystem, chance: random.Random, between: float) -> None:
        self._system = system
        self._chance = chance
        self._between = between
        self._away: dict[str, asyncio.Task[None]] = {}
        self.outages: list[Outage] = []

    async def make(self, seconds: float) -> None:
        """Make trouble for so long, then bring everything back."""
        deck, end = self._deck(), time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(self._chance.uniform(0.4, 1.6) * self._between)
            name, action = next(deck)
            if name not in self._away and len(self._away) < _AT_ONCE:
                task = self._away[name] = asyncio.create_task(self._do(name, action))
                task.add_done_callback(lambda _task, name=name: self._away.pop(name))
        while self._away:
            await asyncio.wait(list(self._away.values()))

    def _deck(self) -> Iterator[tuple[str, str]]:
        """Every action on every process once (some more often) before any comes again."""
        names = [program.name for program in self._system.programs]
        cards = [(name, action) for name in names for action in ACTIONS for _ in range(OFTEN.get(_kind(name), 1))]
        while True:
            self._chance.shuffle(cards)
            yield from cards

    async def _do(self, name: str, action: str) -> None:
        outage = Outage(name, action, time.monotonic())
        self.outages.append(outage)
        seconds = self._chance.uniform(1, 6)
        match action:
            case "kill":
                await asyncio.to_thread(self._system.kill, name)
            case "freeze":
                await self._freeze(name, seconds)
            case "stop" | "restart":
                await asyncio.to_thread(self._system.stop, name)
                await asyncio.sleep(seconds if action == "stop" else 0)
                await asyncio.to_thread(self._system.start, name)
        if action == "freeze":
            outage.ended = time.monotonic()
        await asyncio.to_thread(self._system.wait_healthy, name, 120)
        outage.ended = outage.ended or time.monotonic()

    async def _freeze(self, name: str, seconds: float) -> None:
        frozen = [psutil.Process(pid) for pid in await asyncio.to_thread(self._system.pids, name)]
        _signal(frozen, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        _signal(frozen, signal.SIGCONT)


def _kind(name: str) -> str:
    kind, _, number = name.rpartition("-")
    return kind if number.isdigit() else name


def _signal(processes: list[psutil.Process], sign: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(sign)
        except psutil.NoSuchProcess:
            continue
