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
from dataclasses import dataclass, field, replace

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
NOTHING_READ = "0-0"
"""The position of a record that is new, or is made anew."""
_FEED_WAS_EMPTY = "0-1"
_EVENTS = 200
_LINES = 1000
_CONVERSATIONS = 20

Wanted = dict[str, set[str] | None]
"""Conversations to read, each with the verdicts that are new (None: all of them)."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the feed and the audit are projected, and how often anybody has written into the record."""

    feed: str
    audit: str
    writes: int


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: snapshots; conversations that are not live; those that cannot be read, with the kind of error."""

    found: list[Snapshot] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)


class MovedError(Exception):
    """Somebody wrote into the record meanwhile: what was read for it may be older than what is there now."""


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
        if await self._must_read_all(position.feed):
            await self._read_all_again()
            return True
        events = await self._redis.xrange(FEED, min=f"({position.feed}", count=_EVENTS)
        lines = await self._redis.xrange(AUDIT, min=f"({position.audit}", count=_LINES)
        wanted = await self._wanted(events)
        if not (wanted or lines):
            return False
        reached = replace(
            position,
            feed=events[-1][0] if events else position.feed,
            audit=lines[-1][0] if lines else position.audit,
        )
        try:
            await self._bring(wanted, position, reached, [audit_row(line, fields) for line, fields in lines])
        except MovedError:
            return True
        self._again = False
        if events:
            await self._trim(reached.feed)
        return len(events) == _EVENTS or len(lines) == _LINES

    async def refresh(self, conversations: Collection[str]) -> None:
        """Project these now, each from its beginning, wherever the feed is."""
        every = list(conversations)
        while every:
            position = await asyncio.to_thread(self.position)
            with contextlib.suppress(MovedError):
                await self._bring(dict.fromkeys(every[:_CONVERSATIONS]), position, position)
                every = every[_CONVERSATIONS:]

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

    async def _must_read_all(self, feed: str) -> bool:
        """Whether the feed does not reach back to where the record is."""
        trimmed = await self._redis.get(TRIMMED)
        return feed == NOTHING_READ or bool(trimmed and entry_order(trimmed) > entry_order(feed))

    async def _read_all_again(self) -> None:
        newest = await self._redis.xrevrange(FEED, count=1)
        end = newest[0][0] if newest else await self._redis.get(TRIMMED) or _FEED_WAS_EMPTY
        every = await live_conversations(self._redis)
        log.info("the record reads all %d live conversations", len(every))
        await self.refresh(every)
        position = await asyncio.to_thread(self.position)
        with contextlib.suppress(MovedError):
            await self._bring({}, position, replace(position, feed=end))
            await self._trim(end)

    async def _bring(self, wanted: Wanted, before: Position, reached: Position, lines: Collection[Row] = ()) -> None:
        """Read these conversations and write them. MovedError when somebody wrote since `before`."""
        read = await self._read(wanted)
        await asyncio.to_thread(self._write, read, before, reached, lines)

    async def _read(self, wanted: Wanted) -> Read:
        known, read = await asyncio.to_thread(self._cursors, wanted), Read()
        for conversation, verdicts in wanted.items():
            # what the record does not know, or may have missed, is read from its beginning
            new = verdicts if conversation in known else None
            cursor = Cursor() if new is None else known[conversation]
            try:
                snapshot = await read_snapshot(self._redis, conversation, cursor, new)
            except (ValueError, KeyError, TypeError) as error:
                read.bad[conversation] = type(error).__name__
                continue
            if snapshot is None:
                read.gone.append(conversation)
            else:
                read.found.append(snapshot)
        return read

    def _cursors(self, conversations: Collection[str]) -> Mapping[str, Cursor]:
        with self._engine.connect() as connection:
            return cursors(connection, conversations)

    def _write(self, read: Read, before: Position, reached: Position, lines: Collection[Row]) -> None:
        with writing(self._engine) as connection:
            if _position(connection).writes != before.writes + 1:
                raise MovedError
            erased = erased_among(connection, [snapshot.state.id for snapshot in read.found])
            written = [snapshot for snapshot in read.found if snapshot.state.id not in erased]
            failures = read.bad | _project_each(connection, written)
            _note_failures(connection, [snapshot.state.id for snapshot in written], failures)
            mark_gone(connection, read.gone)
            upsert(connection, tables.audit, list(lines))
            connection.execute(update(tables.position).values(feed=reached.feed, audit=reached.audit))

    async def _trim(self, end: str) -> None:
        """Take away what is projected; the mark first, so that no gap goes unnoticed."""
        async with self._redis.pipeline(transaction=True) as both:
            both.set(TRIMMED, end)
            both.xtrim(FEED, minid=after(end), approximate=False)
            await both.execute()


def after(stream_id: str) -> str:
    """The first stream id that comes after another."""
    milliseconds, sequence = entry_order(stream_id)
    return f"{milliseconds}-{sequence + 1}"


def _position(connection: Connection) -> Position:
    table = tables.position
    return Position(*connection.execute(select(table.c.feed, table.c.audit, table.c.writes)).one())


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
