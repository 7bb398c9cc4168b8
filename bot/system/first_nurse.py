"""The first nurse's account, so that the desk can be opened after the first start."""

from __future__ import annotations

import secrets
from pathlib import Path

from redis.asyncio import Redis

from bot.desk.accounts import Accounts
from bot.system.environment import read_env_file, write_private

NAME, DISPLAY_NAME = "nurse", "Duty nurse"


async def ensure_first_nurse(redis_url: str, note: Path) -> tuple[str, str] | None:
    """Name and password of the account made at the first start, while they still hold; None afterwards.

    The account is made when there is none at all; its password stays in the file `note` until someone removes it.
    """
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        accounts = Accounts(redis)
        if not await accounts.list():
            password = secrets.token_urlsafe(12)
            await accounts.add(NAME, DISPLAY_NAME, password)
            write_private(
                note,
                f"# How to open the desk the first time. Remove this file once you have noted it.\n"
                f"name={NAME}\npassword={password}\n",
            )
        kept = read_env_file(note)
        if kept and await accounts.check(kept.get("name", ""), kept.get("password", "")):
            return kept["name"], kept["password"]
    return None
