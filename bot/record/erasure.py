"""Erases conversations on request: from the live store, the record, and the files of both."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, func, select

from bot.conversation.connection import Client
from bot.conversation.removal import remove_for_good
from bot.conversation.store import key_of, now_ms
from bot.desk.audit import record as note
from bot.record import tables
from bot.record.database import upsert, writing
from bot.record.projection import erased_among, remove
from bot.record.scrubbing import scrub_database, scrub_store


@dataclass(frozen=True, slots=True)
class Held:
    """What there was of a conversation: lines of its log; whether the live store had it; an erasure before this."""

    messages: int
    live: bool
    erased_before: bool

    @property
    def known(self) -> bool:
        """Whether anybody ever heard of the conversation."""
        return bool(self.messages or self.live or self.erased_before)


async def held(redis: Client, engine: Engine, conversations: Collection[str]) -> Mapping[str, Held]:
    """What there is of each conversation now."""
    recorded = await asyncio.to_thread(_recorded, engine, conversations)
    return {each: await _with_live(redis, each, was) for each, was in recorded.items()}


async def erase(redis: Client, engine: Engine, conversations: Collection[str], who: str) -> Mapping[str, Held]:
    """Erase conversations, and return what there was. Doing it again does no harm and completes what was cut short.

    The record comes first: its tombstone stops a projector that has read the conversation a moment before. A late turn
    finds no conversation, and Redis' tombstone stops the dialogue manager. ScrubbingError when the rows and keys are
    gone and a file may still hold them.
    """
    was = await held(redis, engine, conversations)
    await asyncio.to_thread(_erase_rows, engine, conversations)
    await remove_for_good(redis, conversations)
    for conversation in conversations:
        await note(redis, who, "erase", conversation, f"messages {was[conversation].messages}")
    await asyncio.to_thread(scrub_database, engine)
    await scrub_store(redis)
    return was


def _erase_rows(engine: Engine, conversations: Collection[str]) -> None:
    with writing(engine) as connection:
        upsert(connection, tables.erased, [{"conversation": each, "at": now_ms()} for each in conversations])
        remove(connection, conversations)


async def _with_live(redis: Client, conversation: str, was: Held) -> Held:
    lines = await redis.xlen(key_of(conversation, "log")) + await redis.llen(key_of(conversation, "unsent"))
    return replace(was, messages=max(was.messages, lines), live=bool(await redis.exists(key_of(conversation))))


def _recorded(engine: Engine, conversations: Collection[str]) -> dict[str, Held]:
    with engine.connect() as connection:
        erased = erased_among(connection, conversations)
        return {
            each: Held(_messages(connection, each), live=False, erased_before=each in erased) for each in conversations
        }


def _messages(connection: Connection, conversation: str) -> int:
    messages = tables.messages
    count = select(func.count()).select_from(messages).where(messages.c.conversation == conversation)
    return int(connection.execute(count).scalar_one())
