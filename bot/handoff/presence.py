"""Which nurses are at the desk: each open desk socket renews its nurse's presence; the claims of who is gone lapse."""

from __future__ import annotations

import json

from bot.conversation.connection import Client
from bot.conversation.store import DESK_CHANNEL, PRESENT
from bot.handoff.rules import Clock


class Presence:
    """Presence of nurses, shared by all chat servers. `lease`: seconds that it outlives the last sign of life."""

    def __init__(self, redis: Client, lease: float, clock: Clock) -> None:
        self._redis = redis
        self._lease_ms = int(lease * 1000)
        self._clock = clock

    async def renew(self, nurse: str) -> None:
        """A sign of life. Tells the desks when the nurse was away before."""
        now = self._clock()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zscore(PRESENT, nurse)
            pipe.zadd(PRESENT, {nurse: now + self._lease_ms})
            before, _ = await pipe.execute()
        if before is None or before <= now:
            await self._redis.publish(DESK_CHANNEL, json.dumps({"type": "staff"}))

    async def nurses(self) -> frozenset[str]:
        """The account names of all who are there."""
        return frozenset(await self._redis.zrangebyscore(PRESENT, f"({self._clock()}", "+inf"))

    async def anyone(self, slack_ms: int = 0) -> bool:
        """Whether any nurse is there, or was less than `slack_ms` milliseconds ago."""
        return bool(await self._redis.zcount(PRESENT, f"({self._clock() - slack_ms}", "+inf"))
