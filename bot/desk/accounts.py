"""Nurses' accounts. Passwords are kept as argon2 hashes."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX

_ACCOUNTS = f"{PREFIX}nurses"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_SHORTEST_PASSWORD = 10


class AccountError(ValueError):
    """The account cannot be made or changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Nurse:
    """Who works at the desk. `name` logs in, `display_name` is what patients see."""

    name: str
    display_name: str
    disabled: bool = False


class Accounts:
    """The accounts, in Redis."""

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash("nobody's password")

    async def add(self, name: str, display_name: str, password: str) -> Nurse:
        """Make an account. AccountError for a bad name, a short password or a name that is taken."""
        if not _NAME.fullmatch(name):
            raise AccountError(f"'{name}' is no login name: 2 to 32 of a-z, 0-9, dot, dash, underscore")
        if not display_name.strip():
            raise AccountError("the display name is empty: patients see it")
        if len(password) < _SHORTEST_PASSWORD:
            raise AccountError(f"the password is shorter than {_SHORTEST_PASSWORD} characters")
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        account = {"display_name": display_name.strip(), "password": hashed, "disabled": False}
        if not await self._redis.hsetnx(_ACCOUNTS, name, json.dumps(account)):
            raise AccountError(f"there is an account '{name}' already")
        return Nurse(name, display_name.strip())

    async def list(self) -> list[Nurse]:
        """All accounts, by name."""
        stored = await self._redis.hgetall(_ACCOUNTS)
        return [_nurse(name, json.loads(text)) for name, text in sorted(stored.items())]

    async def get(self, name: str) -> Nurse | None:
        """One account, or None."""
        stored = await self._redis.hget(_ACCOUNTS, name)
        return _nurse(name, json.loads(stored)) if stored else None

    async def disable(self, name: str) -> None:
        """Lock an account; its open sessions end. AccountError when there is none."""
        stored = await self._redis.hget(_ACCOUNTS, name)
        if not stored:
            raise AccountError(f"there is no account '{name}'")
        await self._redis.hset(_ACCOUNTS, name, json.dumps({**json.loads(stored), "disabled": True}))

    async def check(self, name: str, password: str) -> Nurse | None:
        """The nurse whom name and password open, or None; takes as long for a name that does not exist."""
        stored = await self._redis.hget(_ACCOUNTS, name)
        account = json.loads(stored) if stored else None
        fits = await asyncio.to_thread(self._verify, account["password"] if account else self._decoy, password)
        if account is None or not fits or account["disabled"]:
            return None
        return _nurse(name, account)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _nurse(name: str, account: dict[str, object]) -> Nurse:
    return Nurse(name, str(account["display_name"]), bool(account["disabled"]))
