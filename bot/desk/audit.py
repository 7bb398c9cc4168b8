"""Who did what at the desk and with the record. Holds ids and counts, never patient text."""

from __future__ import annotations

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX, now_ms

AUDIT = f"{PREFIX}audit"


async def record(redis: Client, nurse: str, action: str, conversation: str = "", detail: str = "") -> None:
    """Append one line to the audit log. `nurse`: the account, or who else acted; `detail`: counts or reasons."""
    line = {"at": str(now_ms()), "nurse": nurse, "action": action, "conversation": conversation}
    await redis.xadd(AUDIT, {**line, "detail": detail} if detail else line)
