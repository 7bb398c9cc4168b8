"""How long others have waited of late: the only ground for saying how long it may take."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.connection import Client
from bot.conversation.state import State
from bot.conversation.store import PREFIX
from bot.handoff.rules import Clock

_KEPT = 50
_RECENT_MS = 2 * 3600 * 1000
_FEWEST = 5
_SHARE = 0.8
_STEPS = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120)
"""Minutes as one says them."""


class Waits:
    """Waits that ended with a nurse, by acuity, shared by all chat servers."""

    def __init__(self, redis: Client, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock

    async def record(self, waiting: State) -> None:
        """A nurse has claimed this conversation; `waiting` is how it waited."""
        now, key = self._clock(), _key(waiting.acuity)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.lpush(key, f"{now}:{max(0, now - waiting.clock_from)}")
            pipe.ltrim(key, 0, _KEPT - 1)
            await pipe.execute()

    async def minutes(self, acuity: str | None) -> int | None:
        """Within how many minutes most were answered of late; None where too few were to say anything."""
        rows = await self._redis.lrange(_key(acuity), 0, -1)
        return usual_minutes([(int(at), int(took)) for at, took in (row.split(":") for row in rows)], self._clock())


def usual_minutes(waits: Sequence[tuple[int, int]], now: int) -> int | None:
    """Minutes within which four of five waits ended, rounded up. Each: when it ended and how long it took, in ms."""
    took = sorted(took for at, took in waits if now - at <= _RECENT_MS)
    if len(took) < _FEWEST:
        return None
    most = took[int(len(took) * _SHARE + 0.999) - 1] / 60_000
    return next((step for step in _STEPS if most <= step), None)


def _key(acuity: str | None) -> str:
    return f"{PREFIX}waits:{acuity or 'routine'}"
