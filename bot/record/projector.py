"""Follows the feed: what changed in the live store is written into the record, in order, once.

How far it came stands in the record itself, in the same transaction as the rows, so that a crash, a restored backup, a
second projector or an empty database all end in the same place: whoever finds that the feed was trimmed beyond its own
position reads all live conversations again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.conversation.connection import Client
from bot.conversation.entry import entry_order
from bot.conversation.removal import live_conversations
from bot.conversation.store import FEED, PREFIX
from bot.desk.audit import AUDIT
from bot.record import tables
from bot.record.database import Row, upsert, writing
from bot.record.projection import cursors, erased_among, mark_gone, project
from bot.record.rows import audit_row
from bot.record.snapshot import Cursor, Snapshot, read_snapshot

log = logging.getLogger(__name__)

TRIMMED = f"{PREFIX}feed:trimmed"
"""The last entry of the feed that was taken away because a record has it."""
_EVENTS = 200
_LINES = 1000
_CONVERSATIONS = 20

Wanted = dict[str, set[str] | None]
"""Conversations to read, each with the verdicts that are new (None: all of them)."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the feed and the audit are projected."""

    feed: str
    audit: str


class MovedError(Exception):
    """Another projector wrote meanwhile."""


class Projector:
    """Keeps the record up to date. Methods raise RedisError or SQLAlchemyError while either side is away."""

    def __init__(self, redis: Client, engine: Engine) -> None:
        self._redis = redis
        self._engine = engine
        self._again = True

    async def catch_up(self) -> None:
        """Project what there is now."""
        while await self.step():
            pass

    async def step(self) -> bool:
        """Project the next portion. Returns whether more may be waiting."""
        position = await asyncio.to_thread(self.position)
        if await self._was_trimmed_beyond(position.feed):
            await self._read_all_again(position)
            return True
        events = await self._redis.xrange(FEED, min=f"({position.feed}", count=_EVENTS)
        lines = await self._redis.xrange(AUDIT, min=f"({position.audit}", count=_LINES)
        wanted = await self._wanted(events)
        if not (wanted or lines):
            return False
        after = Position(events[-1][0] if events else position.feed, lines[-1][0] if lines else position.audit)
        try:
            await self._bring(wanted, position, after, [audit_row(line, fields) for line, fields in lines])
        except MovedError:
            return True
        self._again = False
        if events:
            await self._trim(after.feed)
        return len(events) == _EVENTS or len(lines) == _LINES

    async def refresh(self, conversations: Collection[str]) -> None:
        """Project these now, wholly, wherever the feed is."""
        await self._bring(dict.fromkeys(conversations))

    def position(self) -> Position:
        """How far the record is."""
        with self._engine.connect() as connection:
            return _position(connection)

    async def _wanted(self, events: Collection[tuple[str, Mapping[str, str]]]) -> Wanted:
        wanted: Wanted = {}
        for _id, fields in events:
            new = wanted.setdefault(fields["conversation"], set())
            if new is not None and "verdict" in fields:
                new.add(fields["verdict"])
        failed = await asyncio.to_thread(self._failed)
        return wanted | dict.fromkeys(failed if self._again else failed.intersection(wanted))

    def _failed(self) -> set[str]:
        with self._engine.connect() as connection:
            return set(connection.execute(select(tables.failed.c.conversation)).scalars())

    async def _was_trimmed_beyond(self, feed: str) -> bool:
        trimmed = await self._redis.get(TRIMMED)
        return bool(trimmed) and entry_order(trimmed) > entry_order(feed)

    async def _read_all_again(self, position: Position) -> None:
        newest = await self._redis.xrevrange(FEED, count=1)
        end = newest[0][0] if newest else await self._redis.get(TRIMMED)
        every = await live_conversations(self._redis)
        log.info("the record reads all %d live conversations", len(every))
        for begin in range(0, len(every), _CONVERSATIONS):
            await self._bring(dict.fromkeys(every[begin : begin + _CONVERSATIONS]))
        with contextlib.suppress(MovedError):
            await self._bring({}, position, replace(position, feed=end))
            await self._trim(end)

    async def _bring(
        self, wanted: Wanted, before: Position | None = None, after: Position | None = None, lines: Collection[Row] = ()
    ) -> None:
        known = await asyncio.to_thread(self._cursors, wanted)
        found: list[Snapshot] = []
        gone: list[str] = []
        bad: dict[str, str] = {}
        for conversation, verdicts in wanted.items():
            # what the record does not know, or may have missed, is read from its beginning
            cursor = known.get(conversation, Cursor()) if verdicts is not None else Cursor()
            try:
                snapshot = await read_snapshot(self._redis, conversation, cursor, verdicts)
            except (ValueError, KeyError, TypeError) as error:
                bad[conversation] = type(error).__name__
                continue
            if snapshot is None:
                gone.append(conversation)
            else:
                found.append(snapshot)
        await asyncio.to_thread(self._write, found, gone, bad, before, after, lines)

    def _cursors(self, conversations: Collection[str]) -> Mapping[str, Cursor]:
        with self._engine.connect() as connection:
            return cursors(connection, conversations)

    def _write(
        self,
        found: Collection[Snapshot],
        gone: Collection[str],
        bad: dict[str, str],
        before: Position | None,
        after: Position | None,
        lines: Collection[Row],
    ) -> None:
        with writing(self._engine) as connection:
            if before and _position(connection) != before:
                raise MovedError
            erased = erased_among(connection, [snapshot.state.id for snapshot in found])
            written = [snapshot for snapshot in found if snapshot.state.id not in erased]
            failures = bad | _project_each(connection, written)
            _note_failures(connection, [snapshot.state.id for snapshot in written], failures)
            mark_gone(connection, gone)
            upsert(connection, tables.audit, list(lines))
            if after:
                connection.execute(update(tables.position).values(feed=after.feed, audit=after.audit))

    async def _trim(self, end: str) -> None:
        """Take away what is projected; the mark first, so that no gap goes unnoticed."""
        milliseconds, sequence = entry_order(end)
        async with self._redis.pipeline(transaction=True) as both:
            both.set(TRIMMED, end)
            both.xtrim(FEED, minid=f"{milliseconds}-{sequence + 1}", approximate=False)
            await both.execute()


def _position(connection: Connection) -> Position:
    row = connection.execute(select(tables.position.c.feed, tables.position.c.audit)).one()
    return Position(row.feed, row.audit)


def _project_each(connection: Connection, snapshots: Collection[Snapshot]) -> dict[str, str]:
    """Project each by itself; returns the conversations that could not be, with the kind of error."""
    failures = {}
    for snapshot in snapshots:
        try:
            with connection.begin_nested():
                project(connection, snapshot)
        except (OperationalError, InterfaceError):  # the database is away or full
            raise
        except Exception as error:
            failures[snapshot.state.id] = type(error).__name__
    return failures


def _note_failures(connection: Connection, tried: Collection[str], failures: Mapping[str, str]) -> None:
    """One conversation that cannot be projected must not hold up the others; it is tried again as a whole."""
    for conversation, error in failures.items():
        log.error("conversation %s cannot be projected (%s)", conversation, error)
    connection.execute(delete(tables.failed).where(tables.failed.c.conversation.in_(sorted(tried))))
    upsert(connection, tables.failed, [{"conversation": each, "error": error} for each, error in failures.items()])
