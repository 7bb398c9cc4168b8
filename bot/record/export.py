"""Everything that is held of one conversation, as JSON-ready values."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from sqlalchemy import Engine, select

from bot.conversation.connection import Client
from bot.conversation.store import PREFIX
from bot.desk.audit import record as note
from bot.record import tables
from bot.record.database import Row
from bot.record.projector import Projector

_SECRET = "token"  # noqa: S105 - the name of the field that holds its hash


async def export(redis: Client, engine: Engine, conversation: str, who: str) -> dict[str, Any] | None:
    """The conversation's rows in the record, brought up to date, and its keys in the live store. None: not known."""
    await Projector(redis, engine).refresh([conversation])
    rows = await asyncio.to_thread(_rows, engine, conversation)
    if not rows["conversations"]:
        return None
    await note(redis, who, "export", conversation)
    return {"conversation": conversation, "record": rows, "live": await _live(redis, conversation)}


def _rows(engine: Engine, conversation: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    with engine.connect() as connection:
        for table in (tables.conversations, *tables.OF_A_CONVERSATION, tables.audit):
            column = table.c.id if table is tables.conversations else table.c.conversation
            query = select(table).where(column == conversation)
            if "at" in table.c:
                query = query.order_by(table.c.at, *table.primary_key)
            found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    return found


async def _live(redis: Client, conversation: str) -> dict[str, Any]:
    names = [key async for key in redis.scan_iter(f"{PREFIX}*", count=1000) if conversation in re.split("[:.]", key)]
    return {name: await _value(redis, name) for name in sorted(names)}


async def _value(redis: Client, key: str) -> Any:
    match await redis.type(key):
        case "hash":
            fields = await redis.hgetall(key)
            return {name: _parsed(value) for name, value in fields.items() if name != _SECRET}
        case "stream":
            return [
                {"id": entry, **{n: _parsed(v) for n, v in fields.items()}} for entry, fields in await redis.xrange(key)
            ]
        case "list":
            return [_parsed(value) for value in await redis.lrange(key, 0, -1)]
        case "string":
            return _parsed(await redis.get(key))
        case kind:
            raise TypeError(f"{key} is a {kind}: the export does not know how to read it")


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
