"""What the live store has of a conversation and the record has not: read in one atomic step."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.connection import Client
from bot.conversation.entry import Entry
from bot.conversation.marks import Mark
from bot.conversation.state import State
from bot.conversation.store import key_of


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a conversation is projected: the last entry, the last change of owner, how many unsent replies, the last
    mark on an answer."""

    last_entry: str = "0-0"
    last_change: str = "0-0"
    unsent: int = 0
    last_mark: str = "0-0"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A conversation's state, and what came after a cursor. `changes` and `verdicts`: id and what was stored."""

    state: State
    cursor: Cursor
    pending: int
    entries: tuple[Entry, ...]
    unsent: tuple[Entry, ...]
    changes: tuple[tuple[str, Mapping[str, Any]], ...]
    verdicts: tuple[tuple[str, Mapping[str, Any]], ...]
    marks: tuple[Mark, ...]


async def read_snapshot(
    redis: Client, conversation: str, cursor: Cursor, verdicts: Collection[str] | None
) -> Snapshot | None:
    """What came after the cursor, with the verdicts on these entries (None: on all). None when it is not live."""
    hash_of_verdicts = key_of(conversation, "verdicts")
    named = sorted(verdicts) if verdicts is not None else []
    async with redis.pipeline(transaction=True) as reads:
        reads.hgetall(key_of(conversation))
        reads.llen(key_of(conversation, "pending"))
        reads.xrange(key_of(conversation, "log"), min=f"({cursor.last_entry}")
        reads.lrange(key_of(conversation, "unsent"), cursor.unsent, -1)
        reads.xrange(key_of(conversation, "changes"), min=f"({cursor.last_change}")
        reads.xrange(key_of(conversation, "marks"), min=f"({cursor.last_mark}")
        if verdicts is None:
            reads.hgetall(hash_of_verdicts)
        elif named:
            reads.hmget(hash_of_verdicts, named)
        state, pending, log, unsent, changes, marks, *found = await reads.execute()
    if not state:
        return None
    said = found[0] if verdicts is None else dict(zip(named, found[0] if found else (), strict=True))
    return Snapshot(
        state=State.load(state),
        cursor=cursor,
        pending=pending,
        entries=tuple(Entry.load(entry, fields["e"]) for entry, fields in log),
        unsent=tuple(Entry.load("", stored) for stored in unsent),
        changes=tuple((change, json.loads(fields["c"])) for change, fields in changes),
        verdicts=tuple((entry, json.loads(stored)) for entry, stored in said.items() if stored),
        marks=tuple(Mark.load(*row) for row in marks),
    )
