"""Makes the record anew: rows of conversations that live are removed and read again, what it alone has is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from sqlalchemy import Engine, update

from bot.conversation.connection import Client
from bot.conversation.removal import live_conversations
from bot.desk.audit import record as note
from bot.record import tables
from bot.record.database import writing
from bot.record.projection import remove
from bot.record.projector import NOTHING_READ, Projector


async def rebuild(redis: Client, engine: Engine, who: str) -> int:
    """Project every live conversation from its beginning; returns how many there are.

    Cut short, it is finished by the next projector: the record's position is at the beginning until all is read.
    """
    live = await live_conversations(redis)
    await note(redis, who, "rebuild", detail=f"conversations {len(live)}")
    await asyncio.to_thread(_forget, engine, live)
    await Projector(redis, engine).catch_up()
    return len(live)


def _forget(engine: Engine, conversations: Collection[str]) -> None:
    with writing(engine) as connection:
        remove(connection, conversations)
        connection.execute(update(tables.position).values(feed=NOTHING_READ))
