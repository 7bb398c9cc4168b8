"""Who did what at the desk. Holds ids, never patient text."""

from __future__ import annotations

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX, now_ms

AUDIT = f"{PREFIX}audit"


async def record(redis: Client, nurse: str, action: str, conversation: str = "") -> None:
    """Append one line to the audit log."""
    await redis.xadd(AUDIT, {"at": str(now_ms()), "nurse": nurse, "action": action, "conversation": conversation})
