"""A patient without a browser, on the real chat server: keeps what it says until it is acknowledged, and reconnects."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp

Frame = dict[str, Any]
_RETRY = 0.2


class Patient:
    """Speaks docs/protocol.md as the widget does. `entries` is the log as the patient saw it."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http
        self._keys: dict[str, str] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outbox: dict[str, Frame] = {}
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.entries: list[Frame] = []
        self.frames: list[Frame] = []
        self.acknowledged: dict[str, str] = {}

    async def open(self, lang: str = "en") -> None:
        """Start a conversation and stay connected until `close`."""
        async with self._http.post(f"{self._url}/api/conversations", json={"lang": lang}) as response:
            self._keys = await response.json()
        self._task = asyncio.create_task(self._stay_connected())
        await self.until(lambda: self._socket is not None)

    @property
    def conversation(self) -> str:
        return self._keys["conversation"]

    async def close(self) -> None:
        """Leave."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def say(self, text: str) -> str:
        """Say something; it is sent again until it is acknowledged. Returns the message's own id."""
        client_id = uuid.uuid4().hex
        self._outbox[client_id] = {"type": "say", "id": client_id, "text": text}
        if self._socket:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_json(self._outbox[client_id])
        return client_id

    async def until(self, condition: Callable[[], object], within: float = 30.0) -> None:
        """Wait until what has come makes the condition true. TimeoutError after `within` seconds."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(condition)

    async def until_entry(self, within: float = 30.0, **fields: object) -> Frame:
        """Wait for an entry with these fields that was not returned before."""

        def found() -> list[Frame]:
            return [e for e in self.entries if not e.get("seen") and all(e.get(k) == v for k, v in fields.items())]

        await self.until(found, within)
        entry = found()[0]
        entry["seen"] = True
        return entry

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                await self._converse()
            self._socket = None
            await asyncio.sleep(_RETRY)

    async def _converse(self) -> None:
        async with self._http.ws_connect(f"{self._url}/api/patient/socket", heartbeat=5) as socket:
            since = self.entries[-1]["id"] if self.entries else None
            await socket.send_json({"type": "hello", **self._keys, "since": since})
            for frame in list(self._outbox.values()):
                await socket.send_json(frame)
            self._socket = socket
            async for message in socket:
                await self._take(json.loads(message.data))

    async def _take(self, frame: Frame) -> None:
        async with self._news:
            self.frames.append(frame)
            if frame["type"] == "entry":
                self.entries.append(frame["entry"])
            elif frame["type"] == "ack":
                self.acknowledged[frame["id"]] = frame["entry"]
                self._outbox.pop(frame["id"], None)
            self._news.notify_all()
        if frame["type"] == "error" and frame["code"] == "not_stored" and frame.get("id") in self._outbox:
            await asyncio.sleep(_RETRY)
            if self._socket:
                await self._socket.send_json(self._outbox[frame["id"]])
