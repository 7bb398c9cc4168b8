"""Who watches what: one pub/sub connection a process, shared by all open sockets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.exceptions import RedisError

from bot.conversation.connection import Client

log = logging.getLogger(__name__)

Signal = dict[str, Any]
RESYNC: Signal = {"type": "resync"}
_BACKOFF = 0.3
_CONTROL = "careline:hub"


class Hub:
    """Wakes listeners. Signals may be lost when Redis is away: a `resync` follows, and the log has everything."""

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._pubsub = redis.pubsub()
        self._listeners: dict[str, set[asyncio.Queue[Signal]]] = defaultdict(set)
        self._connected = False

    async def run(self) -> None:
        """Read signals until cancelled."""
        while True:
            try:
                known = [_CONTROL, *self._listeners]
                await self._pubsub.subscribe(*known)
                self._connected = True
                if late := [channel for channel in self._listeners if channel not in known]:
                    await self._pubsub.subscribe(*late)
                async for message in self._pubsub.listen():
                    if message["type"] == "message":
                        self._deliver(message["channel"], json.loads(message["data"]))
                    elif message["type"] == "subscribe":  # whatever was said before it took effect was missed
                        self._deliver(message["channel"], RESYNC)
            except (RedisError, OSError, RuntimeError) as error:
                log.warning("live signals: the store is away (%s)", type(error).__name__)
            self._connected = False
            await asyncio.sleep(_BACKOFF)

    async def close(self) -> None:
        """Give the connection back."""
        await self._pubsub.aclose()
        await self._redis.aclose()

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator[asyncio.Queue[Signal]]:
        """A queue of the channels' signals; it begins with a resync, and one follows whenever some may be lost."""
        queue: asyncio.Queue[Signal] = asyncio.Queue()
        for channel in channels:
            await self._add(channel, queue)
        queue.put_nowait(RESYNC)
        try:
            yield queue
        finally:
            for channel in channels:
                await self._remove(channel, queue)

    async def _add(self, channel: str, queue: asyncio.Queue[Signal]) -> None:
        first = not self._listeners[channel]
        self._listeners[channel].add(queue)
        if first and self._connected:
            try:
                await self._pubsub.subscribe(channel)
            except (RedisError, OSError):
                log.warning("live signals: cannot subscribe now; the next connection does")

    async def _remove(self, channel: str, queue: asyncio.Queue[Signal]) -> None:
        self._listeners[channel].discard(queue)
        if not self._listeners[channel]:
            del self._listeners[channel]
            try:
                if self._connected:
                    await self._pubsub.unsubscribe(channel)
            except (RedisError, OSError):
                log.warning("live signals: cannot unsubscribe now")

    def _deliver(self, channel: str, signal: Signal) -> None:
        for queue in self._listeners.get(channel, ()):
            queue.put_nowait({**signal, "channel": channel})
