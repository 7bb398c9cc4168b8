"""Patients and nurses at work while processes fail; what everybody saw."""

from __future__ import annotations

import asyncio
import random
import time

import aiohttp
from redis.exceptions import RedisError

from bot.conversation.connection import connect
from bot.conversation.store import QUEUE, Conversations, MissingConversationError
from bot.desk.accounts import Accounts
from tests.faults.evidence import Evidence, Kept
from tests.faults.nurse import SimulatedNurse
from tests.faults.patient import SimulatedPatient
from tests.faults.plan import Plan
from tests.faults.trouble import Trouble
from tests.support.running import RunningSystem

_MESSAGES = (4, 10)
"""How many messages a patient writes before the next one takes the place."""


class Storm:
    """One run. `slowest_loop`: how late this program itself was at most, in seconds; its figures are no better."""

    def __init__(self, system: RunningSystem, plan: Plan) -> None:
        self._system = system
        self._plan = plan
        self._chance = random.Random(plan.seed)
        self._patients: list[SimulatedPatient] = []
        self._redis = connect(system.redis_url)
        self._over = False
        self.nurses = [
            SimulatedNurse(system.url, f"nurse{number}", self._own_chance()) for number in range(plan.nurses)
        ]
        self.trouble = Trouble(system, self._own_chance(), plan.between)
        self.slowest_loop = 0.0

    async def run(self) -> Evidence:
        """Everything, until all has come to rest."""
        accounts = Accounts(self._redis)
        for number, nurse in enumerate(self.nurses):
            await accounts.add(f"nurse{number}", f"Nurse {number}", nurse.password)
        desks = [asyncio.create_task(nurse.work()) for nurse in self.nurses]
        lag = asyncio.create_task(self._watch_loop())
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            places = [asyncio.create_task(self._fill_place(http)) for _ in range(self._plan.patients)]
            await self.trouble.make(self._plan.seconds)
            self._over = True
            await asyncio.gather(*places)
            await self._come_to_rest()
            for patient in self._patients:
                await patient.rest(0)
                await patient.close()
        for task in (*desks, lag):
            task.cancel()
        written = [written for nurse in self.nurses for written in nurse.written]
        every = {*(patient.conversation for patient in self._patients), *(each.conversation for each in written)}
        kept = {conversation: await self._kept(conversation) for conversation in every}
        await self._redis.aclose()
        return Evidence([patient.saw for patient in self._patients], written, kept, self.trouble.outages)

    async def _fill_place(self, http: aiohttp.ClientSession) -> None:
        while not self._over:
            patient = SimulatedPatient(self._system.url, http, self._own_chance())
            await patient.begin()
            self._patients.append(patient)
            await patient.live(self._chance.randint(*_MESSAGES), self._plan.pause, lambda: self._over)

    async def _come_to_rest(self) -> None:
        """All said is acknowledged, all turns are taken and shown, or the time is up."""
        deadline = time.monotonic() + self._plan.settle
        await asyncio.gather(*(patient.rest(self._plan.settle) for patient in self._patients))
        while time.monotonic() < deadline:
            kept = [await self._kept(patient.conversation) for patient in self._patients]
            shown = [patient.entries[-1]["id"] if patient.entries else "" for patient in self._patients]
            logged = [each.log[-1]["id"] if each.log else "" for each in kept]
            if not any(each.pending or each.busy for each in kept) and shown == logged:
                return
            await asyncio.sleep(1)

    async def _kept(self, conversation: str) -> Kept:
        conversations = Conversations(self._redis)
        try:
            state = await conversations.state(conversation)
        except (RedisError, MissingConversationError):
            return Kept(conversation, [], "missing", False, [], False)
        log = [entry.to_wire() for entry in await conversations.entries(conversation)]
        base = f"careline:conv:{conversation}"
        pending = await self._redis.lrange(f"{base}:pending", 0, -1)
        queued = await self._redis.zscore(QUEUE, conversation) is not None
        return Kept(conversation, log, state.owner, queued, pending, bool(await self._redis.exists(f"{base}:busy")))

    async def _watch_loop(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.05)
            self.slowest_loop = max(self.slowest_loop, time.monotonic() - began - 0.05)

    def _own_chance(self) -> random.Random:
        return random.Random(self._chance.getrandbits(64))
