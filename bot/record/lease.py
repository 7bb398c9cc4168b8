"""Which of several projectors works, and a sign of life of each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets

from redis.exceptions import RedisError

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX

LEASE = f"{PREFIX}record:lease"
ALIVE = f"{PREFIX}record:alive"
_LEASE_MS = 6_000
_ALIVE_SECONDS = 15
_BEAT = 2.0
_HOLD = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class Lease:
    """One process' claim to be the one that projects. It saves work; that two do no harm is kept by the projector."""

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._name = secrets.token_hex(8)
        self.held = False
        self._database = "not reached yet"

    async def beat(self) -> None:
        """Renew the lease or try to get it, and show that this process lives, until cancelled."""
        while True:
            try:
                self.held = bool(await self._redis.eval(_HOLD, 1, LEASE, self._name, _LEASE_MS))
                await self._show()
            except (RedisError, OSError):
                self.held = False
            await asyncio.sleep(_BEAT)

    async def tell(self, database: str) -> None:
        """Show how the database is: `well`, or what is wrong."""
        if database != self._database:
            self._database = database
            with contextlib.suppress(RedisError, OSError):
                await self._show()

    async def release(self) -> None:
        """Let another have it at once."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.eval(_RELEASE, 1, LEASE, self._name)

    async def _show(self) -> None:
        await self._redis.set(ALIVE, json.dumps({"database": self._database}), ex=_ALIVE_SECONDS)
