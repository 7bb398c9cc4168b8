"""Where Rasa keeps the state of its dialogues: Redis, or memory where REDIS_URL is not set (`rasa shell`)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import (  # type: ignore[import-not-found]
    InMemoryTrackerStore,
    SerializedTrackerAsText,
    TrackerStore,
)
from redis import asyncio as redis

PREFIX = "careline:rasa:"
ERASED = "careline:erased:"  # of a conversation that was erased: see bot/conversation/removal.py
TIMEOUT = 2.0  # seconds; Rasa's own store sets none and would hang with a hung Redis
WEEK = 7 * 24 * 3600

_SAVE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


class RedisTrackers(TrackerStore, SerializedTrackerAsText):  # type: ignore[misc]
    """Trackers as text in Redis, without blocking Rasa's event loop, each with an expiry.

    Rasa's own Redis store reads a tracker again at each save and joins it with what it wrote before, for sessions that
    expire within it. Ours never expire (domain.yml), so a save is one write. The dialogue of a conversation that was
    erased meanwhile is not written.
    """

    def __init__(self, domain: Any, url: str, event_broker: Any = None) -> None:
        self._redis = redis.from_url(url, decode_responses=True, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
        self._expiry = int(os.environ.get("RASA_TRACKER_EXPIRY") or WEEK)
        super().__init__(domain, event_broker)

    async def save(self, tracker: Any) -> None:
        await self.stream_events(tracker)
        sender = tracker.sender_id  # <conversation>.<session>
        keys = (PREFIX + sender, ERASED + sender.split(".")[0])
        await self._redis.eval(_SAVE, len(keys), *keys, self.serialise_tracker(tracker), self._expiry)

    async def retrieve(self, sender_id: str) -> Any:
        stored = await self._redis.get(PREFIX + sender_id)
        return self.deserialise_tracker(sender_id, stored) if stored is not None else None

    async def keys(self) -> Iterable[str]:
        return [key.removeprefix(PREFIX) async for key in self._redis.scan_iter(PREFIX + "*")]


class Trackers(TrackerStore):  # type: ignore[misc]
    """The store named in endpoints.yml: `host` is its url, empty for memory."""

    def __init__(self, domain: Any, host: str | None = None, event_broker: Any = None, **_: Any) -> None:
        self._inner = RedisTrackers(domain, host, event_broker) if host else InMemoryTrackerStore(domain, event_broker)
        super().__init__(domain, event_broker)

    @property
    def domain(self) -> Any:
        return self._inner.domain

    @domain.setter
    def domain(self, domain: Any) -> None:
        self._inner.domain = domain

    async def save(self, tracker: Any) -> None:
        await self._inner.save(tracker)

    async def retrieve(self, sender_id: str) -> Any:
        return await self._inner.retrieve(sender_id)

    async def keys(self) -> Iterable[str]:
        found: Iterable[str] = await self._inner.keys()
        return found
