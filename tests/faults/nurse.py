"""One simulated nurse at a real desk socket: takes who waits, writes, gives back or closes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from typing import Any

import aiohttp

from tests.faults.evidence import Frame, Written

_PASSWORD = "a password for the simulation"


class SimulatedNurse:
    """Keeps a desk open through everything. `written` holds what was acknowledged."""

    def __init__(self, url: str, name: str, chance: random.Random) -> None:
        self._url = url
        self._name = name
        self._chance = chance
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._items: list[Frame] = []
        self._unacknowledged: dict[str, Frame] = {}
        self.written: list[Written] = []
        self.takeovers = 0

    @property
    def password(self) -> str:
        return _PASSWORD

    async def work(self) -> None:
        """Until cancelled."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, headers={"Origin": self._url}) as http:
            await asyncio.gather(self._stay_at_the_desk(http), self._act())

    def sees(self, conversation: str) -> bool:
        """Whether the desk shows the conversation as waiting or taken."""
        return any(item["conversation"] == conversation for item in self._items)

    async def _stay_at_the_desk(self, http: aiohttp.ClientSession) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                login = {"name": self._name, "password": _PASSWORD}
                async with http.post(f"{self._url}/desk/api/login", json=login) as response:
                    response.raise_for_status()
                await self._sit(http)
            self._socket = None
            await asyncio.sleep(0.5)

    async def _sit(self, http: aiohttp.ClientSession) -> None:
        async with http.ws_connect(f"{self._url}/desk/api/socket", heartbeat=5) as socket:
            self._socket = socket
            for frame in list(self._unacknowledged.values()):
                await socket.send_json(frame)
            while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                await self._take(json.loads(message.data))

    async def _take(self, frame: Frame) -> None:
        if frame["type"] == "queue":
            self._items = frame["items"]
        elif frame["type"] == "ack" and (said := self._unacknowledged.pop(frame["id"], None)):
            self.written.append(Written(said["conversation"], frame["id"], frame["entry"]))
        elif frame["type"] == "error" and frame["code"] in ("not_allowed", "bad_frame"):
            self._unacknowledged.pop(frame.get("id") or "", None)
        elif frame["type"] == "error" and frame.get("id") in self._unacknowledged and self._socket:
            await asyncio.sleep(0.3)
            await self._send(self._unacknowledged[frame["id"]])

    async def _act(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0.3, 1.5))
            mine = [item for item in self._items if item["mine"]]
            waiting = [item for item in self._items if item["owner"] == "queue"]
            if mine and (len(mine) > 2 or self._chance.random() < 0.5):
                await self._serve(self._chance.choice(mine)["conversation"])
            elif waiting:
                self.takeovers += 1
                chosen = waiting[0] if self._chance.random() < 0.7 else self._chance.choice(waiting)
                await self._send({"type": "open", "conversation": chosen["conversation"]})
                await self._send({"type": "claim", "conversation": chosen["conversation"]})
            if self._socket and self._chance.random() < 0.03:
                await self._socket.close()

    async def _serve(self, conversation: str) -> None:
        step = self._chance.choices(("say", "hand_back", "close"), (0.55, 0.25, 0.2))[0]
        if step != "say":
            await self._send({"type": step, "conversation": conversation})
            return
        frame = {"type": "say", "conversation": conversation, "id": f"{self._chance.getrandbits(96):024x}"}
        frame["text"] = "How are you now?"
        self._unacknowledged[frame["id"]] = frame
        for _ in range(self._chance.choice((1, 1, 2))):
            await self._send(frame)

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                await self._socket.send_json(frame)
