"""Puts a snapshot of a conversation into the record. Doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, delete, select, update

from bot.record import tables
from bot.record.database import Row, upsert
from bot.record.outcomes import handoff_rows, outcome_row
from bot.record.rows import (
    conversation_row,
    correction_rows,
    feedback_rows,
    message_rows,
    note_rows,
    ownership_rows,
    verdict_rows,
)
from bot.record.snapshot import Cursor, Snapshot

_AT_ONCE = 400


def cursors(connection: Connection, conversations: Collection[str]) -> Mapping[str, Cursor]:
    """How far these conversations are projected; those that are new to the record are left out."""
    table = tables.conversations
    found: dict[str, Cursor] = {}
    for some in _portions(conversations):
        rows = connection.execute(
            select(table.c.id, table.c.last_entry, table.c.last_change, table.c.unsent, table.c.last_mark).where(
                table.c.id.in_(some)
            )
        )
        found |= {conversation: Cursor(*cursor) for conversation, *cursor in rows}
    return found


def project(connection: Connection, snapshot: Snapshot) -> None:
    """Write what the snapshot brings, and what follows from it."""
    conversation = snapshot.state.id
    messages = message_rows(snapshot)
    upsert(connection, tables.conversations, [conversation_row(snapshot)])
    upsert(connection, tables.messages, messages)
    upsert(connection, tables.verdicts, verdict_rows(snapshot))
    upsert(connection, tables.ownership, ownership_rows(snapshot))
    upsert(connection, tables.notes, note_rows(snapshot))
    marked = {mark.entry for mark in snapshot.marks}
    upsert(connection, tables.feedback, feedback_rows(snapshot, _messages(connection, conversation, marked)))
    upsert(connection, tables.corrections, correction_rows(snapshot))
    said = {row["entry"] for row in messages if row["sender"] == "patient"}
    turns = said | {row["turn"] for row in messages if row["turn"]}
    upsert(connection, tables.outcomes, list(_outcomes(connection, conversation, turns)))
    if snapshot.changes:
        upsert(connection, tables.handoffs, handoff_rows(conversation, _changes(connection, conversation)))


def erased_among(connection: Connection, conversations: Collection[str]) -> set[str]:
    """Those that were erased on request: they are never written again."""
    column = tables.erased.c.conversation
    return {
        row[0]
        for some in _portions(conversations)
        for row in connection.execute(select(column).where(column.in_(some)))
    }


def remove(connection: Connection, conversations: Collection[str]) -> int:
    """Remove all rows of conversations but those of the audit. Returns how many messages there were."""
    messages = 0
    for some in _portions(conversations):
        for table in tables.OF_A_CONVERSATION:
            gone = connection.execute(delete(table).where(table.c.conversation.in_(some))).rowcount
            messages += gone if table is tables.messages else 0
        connection.execute(delete(tables.failed).where(tables.failed.c.conversation.in_(some)))
        connection.execute(delete(tables.conversations).where(tables.conversations.c.id.in_(some)))
    return messages


def mark_gone(connection: Connection, conversations: Collection[str]) -> None:
    """The live store has these no longer."""
    table = tables.conversations
    for some in _portions(conversations):
        connection.execute(update(table).where(table.c.id.in_(some)).values(live=False))


def _outcomes(connection: Connection, conversation: str, turns: Collection[str]) -> Iterator[Row]:
    table = tables.messages
    replies: dict[str, list[Row]] = {turn: [] for turn in turns}
    for some in _portions(turns):
        found = connection.execute(select(table).where(table.c.conversation == conversation, table.c.turn.in_(some)))
        for row in found.mappings():
            replies[row["turn"]].append(dict(row))
    return (outcome_row(conversation, turn, replies[turn]) for turn in sorted(turns))


def _messages(connection: Connection, conversation: str, entries: Collection[str]) -> dict[str, Row]:
    table = tables.messages
    found: dict[str, Row] = {}
    for some in _portions(entries):
        query = select(table).where(table.c.conversation == conversation, table.c.entry.in_(some))
        found |= {row["entry"]: dict(row) for row in connection.execute(query).mappings()}
    return found


def _changes(connection: Connection, conversation: str) -> list[Row]:
    table = tables.ownership
    found = connection.execute(select(table).where(table.c.conversation == conversation).order_by(table.c.epoch))
    return [dict(row) for row in found.mappings()]


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    """These names in portions that fit into one statement."""
    every = sorted(names)
    return (every[begin : begin + _AT_ONCE] for begin in range(0, len(every), _AT_ONCE))
