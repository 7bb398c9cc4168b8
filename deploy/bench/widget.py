"""A patient's socket for measuring: says something and waits for what comes of it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp

Frame = dict[str, Any]
_WITHIN = 60.0


class Widget:
    """One open conversation."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, conversation: str) -> None:
        self.socket = socket
        self.conversation = conversation

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, url: str, lang: str = "en") -> Widget:
        """A new conversation, welcomed."""
        async with http.post(f"{url}/api/conversations", json={"lang": lang}) as response:
            response.raise_for_status()
            keys = await response.json()
        socket = await http.ws_connect(f"{url}/api/patient/socket")
        await socket.send_json({"type": "hello", **keys, "since": None})
        widget = cls(socket, keys["conversation"])
        await widget.until(lambda frame: frame["type"] == "state")
        return widget

    async def say(self, text: str, wanted: str = "reply") -> float:
        """Seconds from sending to the bot's first words (`reply`), its `advice`, or its first `partial` sentence."""
        client_id, began, turn = str(uuid.uuid4()), time.perf_counter(), ""
        await self.socket.send_json({"type": "say", "id": client_id, "text": text})

        def comes(frame: Frame) -> bool:
            nonlocal turn
            entry = frame.get("entry") if frame["type"] == "entry" else None
            if entry and entry.get("client_id") == client_id:
                turn = entry["id"]
            if wanted == "partial" and frame["type"] == "partial":
                return True
            told = bool(entry and turn and entry["turn"] == turn and entry["from"] == "bot")
            return told and (wanted != "advice" or entry["kind"] == "advice")

        await self.until(comes)
        return time.perf_counter() - began

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Read frames until one fits. TimeoutError after a minute, RuntimeError when the line is lost."""
        async with asyncio.timeout(_WITHIN):
            async for message in self.socket:
                frame: Frame = json.loads(message.data)
                if wanted(frame):
                    return frame
        raise RuntimeError("the connection closed while something was awaited")

    async def close(self) -> None:
        """Leave."""
        await self.socket.close()
