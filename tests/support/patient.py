"""A patient without a browser, on the real chat server: does with its socket what the widget does.

Keeps what it says until it is acknowledged, sends it again in the same order after each welcome, and comes back where
it was. Where the store is away it shows its words all the same, so that an emergency among them is seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp

Frame = dict[str, Any]
_RETRY = 0.2
_ACK_WITHIN = 8.0
"""Seconds without an acknowledgement after which a connection counts as dead."""


class Patient:
    """Speaks docs/protocol.md. `entries` is the log as the patient saw it."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._sending = asyncio.Lock()
        self._outbox: dict[str, Frame] = {}
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._unacknowledged_since: float | None = None
        self.keys: dict[str, str] = {}
        self.entries: list[Frame] = []
        self.frames: list[Frame] = []
        self.acknowledged: dict[str, str] = {}

    async def open(self, lang: str = "en") -> None:
        """Start a conversation and stay connected until `close`."""
        async with self._http.post(f"{self._url}/api/conversations", json={"lang": lang}) as response:
            response.raise_for_status()
            self.keys = await response.json()
        self._task = asyncio.create_task(self._stay_connected())
        await self.until(lambda: self._socket is not None)

    @property
    def conversation(self) -> str:
        return self.keys["conversation"]

    @property
    def unsent(self) -> list[Frame]:
        """What was said and is not acknowledged yet, oldest first."""
        return list(self._outbox.values())

    async def close(self) -> None:
        """Leave."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def drop(self) -> None:
        """Lose the connection; it is made again."""
        if self._socket:
            await self._socket.close()

    async def say(self, text: str) -> str:
        """Say something; it is sent again until it is acknowledged. Returns the message's own id."""
        return await self.post({"type": "say", "id": uuid.uuid4().hex, "text": text})

    async def want_human(self) -> str:
        """Ask for a nurse, with the same persistence."""
        return await self.post({"type": "want_human", "id": uuid.uuid4().hex})

    async def post(self, frame: Frame) -> str:
        """Keep a frame until it is acknowledged."""
        self._outbox[frame["id"]] = frame
        async with self._sending:
            await self._transmit(frame)
        return str(frame["id"])

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

    def noticed(self, frame: Frame) -> None:
        """Every frame that comes, in order; for whoever wants to know more than this class keeps."""

    def lost(self) -> None:
        """A connection is gone."""

    async def _transmit(self, frame: Frame) -> None:
        if self._socket is None or frame["id"] not in self._outbox:
            return
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_json(frame)
            self._unacknowledged_since = self._unacknowledged_since or time.monotonic()

    async def _flush(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async with self._sending:
            self._socket = socket
            for frame in self.unsent:
                await self._transmit(frame)

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                await self._converse()
            self._socket = None
            self.lost()
            await asyncio.sleep(_RETRY)

    async def _converse(self) -> None:
        async with self._http.ws_connect(f"{self._url}/api/patient/socket", heartbeat=5) as socket:
            await self._connected()
            self._unacknowledged_since = None
            since = self.entries[-1]["id"] if self.entries else None
            await socket.send_json({"type": "hello", **self.keys, "since": since})
            guard = asyncio.create_task(self._close_when_dead(socket))
            try:
                while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    await self._take(json.loads(message.data), socket)
            finally:
                guard.cancel()

    async def _connected(self) -> None:
        """Before the hello of each connection."""

    async def _close_when_dead(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        opened = time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            since = self._unacknowledged_since if self._socket else opened
            if since and time.monotonic() - since > _ACK_WITHIN:
                await socket.close()
                return

    async def _take(self, frame: Frame, socket: aiohttp.ClientWebSocketResponse) -> None:
        async with self._news:
            self.frames.append(frame)
            self.noticed(frame)
            if frame["type"] == "entry":
                self.entries.append(frame["entry"])
            elif frame["type"] == "ack":
                self.acknowledged[frame["id"]] = frame["entry"]
                self._outbox.pop(frame["id"], None)
                self._unacknowledged_since = None
            elif frame["type"] == "error" and frame["code"] == "not_allowed":
                self._outbox.pop(frame.get("id", ""), None)
            self._news.notify_all()
        if frame["type"] == "welcome" or (frame["type"], frame.get("id"), frame.get("code")) == _STORE_AWAY:
            await self._flush(socket)


_STORE_AWAY = ("error", None, "not_stored")
