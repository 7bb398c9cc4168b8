"""How the record is: whether it is followed, how far behind it is, how much it holds."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, FromClause, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.connection import Client
from bot.conversation.store import FEED
from bot.record import tables
from bot.record.lease import ALIVE


@dataclass(frozen=True, slots=True)
class Following:
    """process: whether a record process lives; database: `well`, or what is wrong; behind: changes not projected."""

    process: bool
    database: str
    behind: int

    @property
    def well(self) -> bool:
        """Whether all is as it should be."""
        return self.process and self.database == "well"


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much the record holds. failed: conversations that could not be read; swept: milliseconds since 1970."""

    conversations: int
    live: int
    messages: int
    audit: int
    failed: int
    swept: int


async def following(redis: Client) -> Following:
    """What the live store knows of the record's process."""
    alive = json.loads(await redis.get(ALIVE) or "{}")
    return Following(bool(alive), alive.get("database", "unknown"), await redis.xlen(FEED))


async def holdings(engine: Engine) -> Holdings | None:
    """What the database holds, or None while it cannot be read."""
    try:
        return await asyncio.to_thread(_holdings, engine)
    except SQLAlchemyError:
        return None


def _holdings(engine: Engine) -> Holdings:
    live = select(tables.conversations.c.id).where(tables.conversations.c.live).subquery()
    with engine.connect() as connection:
        return Holdings(
            conversations=_count(connection, tables.conversations),
            live=_count(connection, live),
            messages=_count(connection, tables.messages),
            audit=_count(connection, tables.audit),
            failed=_count(connection, tables.failed),
            swept=int(connection.execute(select(tables.position.c.swept)).scalar_one()),
        )


def _count(connection: Connection, rows: FromClause) -> int:
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
