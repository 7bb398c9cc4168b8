"""Log-ins: a random key in a cookie, the session behind it in Redis."""

from __future__ import annotations

import hashlib
import secrets

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX
from bot.desk.accounts import Accounts, Nurse

_TRIES = 10
_TRIES_WINDOW = 300


class TooManyTriesError(Exception):
    """Too many failed log-ins for this name from this address."""


class Sessions:
    """Open log-ins. `hours`: how long one lasts."""

    def __init__(self, redis: Client, accounts: Accounts, hours: float) -> None:
        self._redis = redis
        self._accounts = accounts
        self._seconds = int(hours * 3600)

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        return self._seconds

    async def log_in(self, name: str, password: str, address: str) -> tuple[str, Nurse] | None:
        """The session key and the nurse; None when they do not fit. TooManyTriesError after repeated failures."""
        # By name and address together: an attacker elsewhere must not be able to lock a nurse out.
        tries = f"{PREFIX}tries:{name}:{address}"
        if int(await self._redis.get(tries) or 0) >= _TRIES:
            raise TooManyTriesError
        nurse = await self._accounts.check(name, password)
        if nurse is None:
            await self._redis.incr(tries)
            await self._redis.expire(tries, _TRIES_WINDOW)
            return None
        await self._redis.delete(tries)
        key = secrets.token_urlsafe(32)
        await self._redis.set(_stored(key), nurse.name, ex=self._seconds)
        return key, nurse

    async def nurse(self, key: str | None) -> Nurse | None:
        """Whose session it is; None when it is none, is over, or the account was disabled."""
        name = await self._redis.get(_stored(key)) if key else None
        nurse = await self._accounts.get(name) if name else None
        return nurse if nurse and not nurse.disabled else None

    async def log_out(self, key: str | None) -> None:
        """End a session."""
        if key:
            await self._redis.delete(_stored(key))


def _stored(key: str) -> str:
    return f"{PREFIX}session:{hashlib.sha256(key.encode()).hexdigest()}"
