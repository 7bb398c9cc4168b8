"""Carries events to people outside the desk: a Redis stream, and a consumer group for each destination.

A server that dies loses nothing: what it had not delivered is taken over. Two servers never deliver the same event,
unless one died between the delivery and its receipt; the event's id is the same then.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, repeat

from redis.exceptions import RedisError, ResponseError

from bot.conversation.connection import Client
from bot.conversation.store import NOTIFY
from bot.conversation.tasks import end
from bot.handoff.destination import DeliveryError, Destination
from bot.handoff.events import Event
from bot.handoff.rules import Clock

log = logging.getLogger(__name__)

_AT_ONCE = 16
_BACKOFF = 0.5
_DELAYS = (1.0, 2.0, 5.0, 10.0, 20.0, 60.0)


class Notifier:
    """Delivers until stopped. `lease`: seconds after which what a dead server had taken is taken over; `give_up`:
    age in seconds at which an event is no longer tried; `delays`: seconds between tries, the last one repeated."""

    def __init__(
        self,
        redis: Client,
        blocking: Client,
        destinations: Sequence[Destination],
        clock: Clock,
        *,
        lease: float = 15.0,
        give_up: float = 6 * 3600.0,
        delays: Sequence[float] = _DELAYS,
    ) -> None:
        self._couriers = [
            _Courier(redis, blocking, destination, clock, int(lease * 1000), give_up, tuple(delays))
            for destination in destinations
        ]

    async def run(self) -> None:
        """Deliver until cancelled; a store that is away is waited for."""
        await asyncio.gather(*(courier.run() for courier in self._couriers))

    async def stop(self) -> None:
        """End the deliveries at hand; another server takes them up."""
        for courier in self._couriers:
            await courier.stop()


class _Courier:
    """Delivers to one destination."""

    def __init__(
        self,
        redis: Client,
        blocking: Client,
        destination: Destination,
        clock: Clock,
        lease_ms: int,
        give_up: float,
        delays: tuple[float, ...],
    ) -> None:
        self._redis = redis
        self._blocking = blocking
        self._to = destination
        self._group = f"to.{destination.name}"
        self._me = uuid.uuid4().hex
        self._clock = clock
        self._lease_ms = lease_ms
        self._give_up_ms = give_up * 1000
        self._delays = delays
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopped = False

    async def run(self) -> None:
        with contextlib.suppress(RedisError, OSError):  # what happened before this destination was set is not for it
            await self._redis.xgroup_create(NOTIFY, self._group, id="$", mkstream=True)
        await asyncio.gather(self._repeat(self._read), self._repeat(self._renew_and_take_over))

    async def stop(self) -> None:
        self._stopped = True
        await end(self._running.values())

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._stopped:
            try:
                await step()
            except (RedisError, OSError) as error:
                log.warning("notify: the store is away (%s)", type(error).__name__)
                await asyncio.sleep(_BACKOFF)
                if isinstance(error, ResponseError) and "NOGROUP" in str(error):  # the store came back empty
                    with contextlib.suppress(RedisError, OSError):
                        await self._redis.xgroup_create(NOTIFY, self._group, id="0", mkstream=True)

    async def _read(self) -> None:
        room = _AT_ONCE - len(self._running)
        if room <= 0:
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
            return
        taken = await self._blocking.xreadgroup(self._group, self._me, {NOTIFY: ">"}, count=room, block=1000)
        for _stream, rows in taken or []:
            for event_id, fields in rows:
                self._start(event_id, fields)

    async def _renew_and_take_over(self) -> None:
        if self._running:
            await self._redis.xclaim(
                NOTIFY, self._group, self._me, min_idle_time=0, message_ids=list(self._running), justid=True
            )
        _next, rows, *_deleted = await self._redis.xautoclaim(
            NOTIFY, self._group, self._me, min_idle_time=self._lease_ms, count=_AT_ONCE
        )
        for event_id, fields in rows:
            if event_id not in self._running:
                self._start(event_id, fields)
        await asyncio.sleep(self._lease_ms / 1000 / 4)

    def _start(self, event_id: str, fields: dict[str, str] | None) -> None:
        task = asyncio.create_task(self._deliver(event_id, fields))
        self._running[event_id] = task
        task.add_done_callback(lambda _task: self._running.pop(event_id, None))

    async def _deliver(self, event_id: str, fields: dict[str, str] | None) -> None:
        event = json.loads(fields["e"]) if fields else None
        if event and self._to.wants(event):
            await self._send(event_id, event)
        while True:  # its receipt must not be lost only because the store is away for a moment
            with contextlib.suppress(RedisError, OSError):
                await self._redis.xack(NOTIFY, self._group, event_id)
                return
            await asyncio.sleep(_BACKOFF)

    async def _send(self, event_id: str, event: Event) -> None:
        for delay in chain(self._delays, repeat(self._delays[-1])):
            try:
                await self._to.send(event_id, event)
                return
            except DeliveryError as error:
                log.warning("notify %s of %s: %s", self._to.name, event_id, error)
            except Exception as error:  # whatever it is, the event is not lost for it
                log.error("notify %s of %s: %s", self._to.name, event_id, type(error).__name__)
            if self._clock() - event["at"] > self._give_up_ms:
                log.error("notify %s of %s: given up", self._to.name, event_id)
                return
            await asyncio.sleep(delay)
