"""Removes what was kept long enough: from the live store what the record has, from the record what is too old."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, Table, delete, select, update

from bot.conversation.connection import Client
from bot.conversation.entry import entry_order
from bot.conversation.removal import live_conversations, remove_left_overs, remove_resting
from bot.conversation.state import State
from bot.desk.audit import AUDIT
from bot.desk.audit import record as note
from bot.record import tables
from bot.record.database import writing
from bot.record.projection import cursors, mark_gone
from bot.record.projector import Position, Projector, after
from bot.record.scrubbing import scrub_store, truncate_log
from bot.record.settings import RecordSettings
from bot.record.snapshot import Cursor, read_snapshot

DAY = 24 * 3600 * 1000
WHO = "careline"
"""Who did it, in the audit."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How much a sweep removed: conversations of the live store, and rows of the record by class."""

    live: int = 0
    messages: int = 0
    verdicts: int = 0
    outcomes: int = 0
    audit: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in asdict(self).items())


async def sweep_if_due(redis: Client, engine: Engine, projector: Projector, settings: RecordSettings, now: int) -> None:
    """Sweep when the last time is a day ago. `now`: milliseconds since 1970."""
    if now - await asyncio.to_thread(_swept, engine) >= DAY:
        await sweep(redis, engine, projector, settings, now)


async def sweep(redis: Client, engine: Engine, projector: Projector, settings: RecordSettings, now: int) -> Removed:
    """Remove what is too old, and write into the audit how much that was. Errors as those of the projector."""
    await projector.catch_up()
    live = await _sweep_live(redis, engine, now - settings.record_live_days * DAY)
    removed = await asyncio.to_thread(_sweep_record, engine, settings, now, len(live))
    await _trim_audit(redis, await asyncio.to_thread(projector.position), now - settings.record_live_days * DAY)
    if removed != Removed():
        await asyncio.to_thread(truncate_log, engine)
        await note(redis, WHO, "sweep", detail=str(removed))
    if live:
        await scrub_store(redis)
    return removed


async def _trim_audit(redis: Client, position: Position, before: int) -> None:
    """Lines of the audit leave the live store as conversations do: old, and in the record."""
    milliseconds, sequence = min((before, 0), entry_order(after(position.audit)))
    await redis.xtrim(AUDIT, minid=f"{milliseconds}-{sequence}", approximate=False)


async def _sweep_live(redis: Client, engine: Engine, before: int) -> list[str]:
    """Take out of the live store what rests, is old, and is wholly in the record."""
    resting = await asyncio.to_thread(_resting, engine, before)
    removed = []
    for conversation, cursor in resting.items():
        state = await _state_if_projected(redis, conversation, cursor)
        if state and await remove_resting(redis, conversation, cursor.last_entry, state.version):
            removed.append(conversation)
    if removed:
        await remove_left_overs(redis, removed)
    gone = resting.keys() - set(await live_conversations(redis)) if resting else ()
    await asyncio.to_thread(_mark_gone, engine, gone)
    return removed


async def _state_if_projected(redis: Client, conversation: str, cursor: Cursor) -> State | None:
    snapshot = await read_snapshot(redis, conversation, cursor, ())
    if snapshot is None or snapshot.pending:
        return None
    if snapshot.entries or snapshot.changes or snapshot.unsent or snapshot.marks:
        return None
    return snapshot.state


def _swept(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(tables.position.c.swept)).scalar_one())


def _resting(engine: Engine, before: int) -> dict[str, Cursor]:
    table = tables.conversations
    failed = select(tables.failed.c.conversation)
    resting = select(table.c.id).where(
        table.c.live, table.c.active < before, table.c.owner.in_(("bot", "closed")), table.c.id.not_in(failed)
    )
    with engine.connect() as connection:
        return dict(cursors(connection, connection.execute(resting).scalars().all()))


def _mark_gone(engine: Engine, conversations: Collection[str]) -> None:
    with writing(engine) as connection:
        mark_gone(connection, conversations)


def _sweep_record(engine: Engine, settings: RecordSettings, now: int, live: int) -> Removed:
    messages, verdicts, outcomes, audit = (
        now - days * DAY
        for days in (
            settings.record_messages_days,
            settings.record_verdicts_days,
            settings.record_outcomes_days,
            settings.record_audit_days,
        )
    )
    with writing(engine) as connection:
        removed = Removed(
            live=live,
            messages=_remove_from(connection, (tables.messages, tables.notes, tables.corrections), messages),
            verdicts=_remove_from(connection, (tables.verdicts,), verdicts),
            outcomes=_remove_from(
                connection, (tables.outcomes, tables.handoffs, tables.ownership, tables.feedback), outcomes
            ),
            audit=connection.execute(delete(tables.audit).where(tables.audit.c.at < audit)).rowcount,
        )
        connection.execute(delete(tables.erased).where(tables.erased.c.at < audit))
        table = tables.conversations
        last = min(messages, verdicts, outcomes)
        connection.execute(delete(table).where(~table.c.live, table.c.active < last))
        connection.execute(update(tables.position).values(swept=now))
    return removed


def _remove_from(connection: Connection, kinds: Collection[Table], before: int) -> int:
    """Remove the rows of conversations that left the live store and in which nothing was said since."""
    old = select(tables.conversations.c.id).where(~tables.conversations.c.live, tables.conversations.c.active < before)
    return sum(connection.execute(delete(kind).where(kind.c.conversation.in_(old))).rowcount for kind in kinds)
