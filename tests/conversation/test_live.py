"""Whoever listens hears, also who began while the connection was being made."""

from __future__ import annotations

import asyncio

from bot.conversation.connection import connect
from bot.conversation.live import Hub
from bot.conversation.store import Conversations
from bot.conversation.tasks import end


async def test_who_begins_to_listen_while_the_hub_connects_hears_too(
    conversations: Conversations, redis_url: str
) -> None:
    hub = Hub(connect(redis_url, None))
    run = asyncio.create_task(hub.run())
    await asyncio.sleep(0)  # it has asked for what it knew, and waits for the answer
    async with hub.listen("careline:desk") as signals, asyncio.timeout(5):
        while (await signals.get())["type"] == "resync":
            await conversations.redis.publish("careline:desk", '{"type": "queue"}')
    await end([run])
    await hub.close()
