"""A thousand open widgets and thirty desks on one machine: memory, and how long a message takes to a desk and back."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from pathlib import Path

import aiohttp
import psutil

from bot.conversation.connection import connect
from bot.desk.accounts import Accounts
from deploy.bench.figures import spread, table, times
from deploy.bench.widget import Frame, Widget
from tests.support.running import RunningSystem

WIDGETS = 1000
DESKS = 30
ROUNDS = 100
_PASSWORD = "a password for the bench"  # noqa: S105 - of an account that lives as long as this measurement


class DeskSocket(Widget):
    """One nurse's open desk."""

    @classmethod
    async def sit_down(cls, url: str, name: str) -> DeskSocket:
        """Log in and open the socket."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Origin": url})
        async with http.post(f"{url}/desk/api/login", json={"name": name, "password": _PASSWORD}) as response:
            response.raise_for_status()
        desk = cls(await http.ws_connect(f"{url}/desk/api/socket", max_msg_size=0), "")
        desk.http = http
        await desk.until(lambda frame: frame["type"] == "queue")
        return desk

    http: aiohttp.ClientSession

    async def close(self) -> None:
        await self.socket.close()
        await self.http.close()

    async def act(self, action: str, **rest: object) -> None:
        """One frame of a nurse."""
        await self.socket.send_json({"type": action, **rest})


async def measure(system: RunningSystem) -> None:
    """Alone first, then in the crowd."""
    redis = connect(system.redis_url)
    accounts = Accounts(redis)
    for number in range(DESKS):
        await accounts.add(f"nurse{number}", f"Nurse {number}", _PASSWORD)
    await redis.aclose()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        desks = [await DeskSocket.sit_down(system.url, "nurse0")]
        empty = memory(system)
        alone = await to_the_desk_and_back(http, system.url, desks[0])
        widgets = [await Widget.open(http, system.url) for _ in range(WIDGETS)]
        desks += [await DeskSocket.sit_down(system.url, f"nurse{number}") for number in range(1, DESKS)]
        drains = [asyncio.create_task(_read(each)) for each in (*widgets, *desks[1:])]
        talk = asyncio.create_task(_chatter(widgets))
        full = memory(system)
        crowd = await to_the_desk_and_back(http, system.url, desks[0])
        talk.cancel()
        for drain in drains:
            drain.cancel()
        for each in (*widgets, *desks):
            await each.close()
    rows = [[kind, empty[kind], full[kind], times(full[kind], empty[kind])] for kind in empty]
    head = ("MB (PSS)", "1 desk", f"{WIDGETS} widgets, {DESKS} desks", "")
    table("Memory", head, rows)
    head = ("", "to the desk p50 ms", "p99 ms", "and back p50 ms", "p99 ms", "p99 to alone")
    rows = [
        [name, to.p50, to.p99, back.p50, back.p99, times(to.p99 + back.p99, alone[0].p99 + alone[1].p99)]
        for name, (to, back) in (("1 desk, nobody else", alone), (f"{WIDGETS} widgets, {DESKS} desks", crowd))
    ]
    table("A message to the nurse who has it, and the answer", head, rows)


async def to_the_desk_and_back(http: aiohttp.ClientSession, url: str, desk: DeskSocket):  # type: ignore[no-untyped-def]
    """The spread of both ways, between one patient and the nurse who has the conversation."""
    patient = await Widget.open(http, url)
    await patient.socket.send_json({"type": "want_human", "id": str(uuid.uuid4())})
    await desk.until(lambda frame: _shows(frame, patient.conversation))
    await desk.act("open", conversation=patient.conversation)
    await desk.act("claim", conversation=patient.conversation)
    await patient.until(lambda frame: frame["type"] == "state" and frame["owner"] == "nurse")
    there, back = [], []
    for number in range(ROUNDS):
        text, began = f"message {number}", time.perf_counter()
        await patient.socket.send_json({"type": "say", "id": str(uuid.uuid4()), "text": text})
        await desk.until(lambda frame, text=text: _says(frame, text))
        there.append(time.perf_counter() - began)
        answer, began = f"answer {number}", time.perf_counter()
        await desk.act("say", conversation=patient.conversation, id=str(uuid.uuid4()), text=answer)
        await patient.until(lambda frame, answer=answer: _says(frame, answer))
        back.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)
    await desk.act("close", conversation=patient.conversation)
    await patient.close()
    return spread(there), spread(back)


def memory(system: RunningSystem) -> dict[str, float]:
    """Megabytes of each kind of process, shared pages divided among those that share them."""
    found = {}
    for program in system.programs:
        kind = program.name.rpartition("-")[0] or program.name
        used = sum(psutil.Process(pid).memory_full_info().pss for pid in system.pids(program.name)) / 1e6
        found[kind] = found.get(kind, 0.0) + used
    return found


async def _chatter(widgets: list[Widget]) -> None:
    """Two messages a second from among all."""
    while True:
        await asyncio.sleep(0.5)
        frame = {"type": "say", "id": str(uuid.uuid4()), "text": "hello"}
        await random.choice(widgets).socket.send_json(frame)  # noqa: S311 - nobody has to guess it


async def _read(widget: Widget) -> None:
    async for _ in widget.socket:
        pass


def _shows(frame: Frame, conversation: str) -> bool:
    return frame["type"] == "queue" and any(item["conversation"] == conversation for item in frame["items"])


def _says(frame: Frame, text: str) -> bool:
    return frame["type"] == "entry" and frame["entry"]["text"] == text


def run(folder: Path) -> None:
    """Start and measure."""
    system = RunningSystem(folder / "state", CHAT_PROCESSES="2", CARELINE_MESSAGES_PER_MINUTE="1000000")
    system.up()
    try:
        asyncio.run(measure(system))
    finally:
        system.down()
