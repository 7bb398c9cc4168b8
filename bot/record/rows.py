"""From what the live store has to rows of the record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversation.entry import Entry, entry_order
from bot.conversation.screening import READERS
from bot.record.database import Row
from bot.record.snapshot import Cursor, Snapshot


def conversation_row(snapshot: Snapshot) -> Row:
    """The conversation as it is now, with the cursor after this snapshot."""
    state, cursor = snapshot.state, cursor_after(snapshot)
    return {
        "id": state.id, "channel": state.channel, "lang": state.lang, "created": state.created,
        "active": max(state.created, moment(cursor.last_entry), moment(cursor.last_change)), "owner": state.owner,
        "epoch": state.epoch, "acuity": state.acuity, "reason": state.reason, "nurse": state.nurse,
        "pending": snapshot.pending, "live": True, "last_entry": cursor.last_entry,
        "last_change": cursor.last_change, "unsent": cursor.unsent, "last_mark": cursor.last_mark,
    }  # fmt: skip


def cursor_after(snapshot: Snapshot) -> Cursor:
    """How far the conversation is projected once this snapshot is."""
    before = snapshot.cursor
    return Cursor(
        snapshot.entries[-1].id if snapshot.entries else before.last_entry,
        snapshot.changes[-1][0] if snapshot.changes else before.last_change,
        before.unsent + len(snapshot.unsent),
        snapshot.marks[-1].id if snapshot.marks else before.last_mark,
    )


def message_rows(snapshot: Snapshot) -> list[Row]:
    """The entries, and those that were shown to nobody."""
    conversation, first = snapshot.state.id, snapshot.cursor.unsent
    sent = [_message(conversation, entry.id, moment(entry.id), entry, sent=True) for entry in snapshot.entries]
    unsent = [
        _message(conversation, f"unsent-{first + n}", _milliseconds(entry.at), entry, sent=False)
        for n, entry in enumerate(snapshot.unsent)
    ]
    return sent + unsent


def verdict_rows(snapshot: Snapshot) -> list[Row]:
    """What the screen said, and, under the entry's id with READERS and an acuity behind it, what readers made of it."""
    return [
        {
            "conversation": snapshot.state.id,
            "entry": entry,
            "at": moment(entry.partition(READERS)[0]),
            **_verdict(verdict),
        }
        for entry, verdict in snapshot.verdicts
    ]


def ownership_rows(snapshot: Snapshot) -> list[Row]:
    """The changes of owner."""
    names = ("epoch", "before", "after", "acuity", "reason", "nurse")
    return [
        {"conversation": snapshot.state.id, "change": change, "at": moment(change), **{n: fields[n] for n in names}}
        for change, fields in snapshot.changes
    ]


def note_rows(snapshot: Snapshot) -> list[Row]:
    """The hand-over notes, as the nurse got them."""
    return [
        {
            "conversation": snapshot.state.id,
            "change": change,
            "at": moment(change),
            "nurse": fields["nurse"],
            "text": fields["note"],
        }
        for change, fields in snapshot.changes
        if fields["note"]
    ]


def feedback_rows(snapshot: Snapshot, answers: Mapping[str, Row]) -> list[Row]:
    """What the patient found helpful or not; `answers`: the messages that this is about, by entry."""
    return [
        {
            "conversation": snapshot.state.id,
            "entry": mark.entry,
            "at": mark.at,
            "helpful": mark.value["helpful"],
            "outcome": answers[mark.entry]["rest"]["answer"]["outcome"],
            "lang": answers[mark.entry]["lang"],
            "topic": _topic(answers[mark.entry]["rest"]["answer"]),
        }
        for mark in snapshot.marks
        if mark.kind == "feedback"
    ]


def correction_rows(snapshot: Snapshot) -> list[Row]:
    """What nurses say that answers should have been."""
    names = ("nurse", "outcome", "text", "topic")
    return [
        {
            "conversation": snapshot.state.id,
            "entry": mark.entry,
            "at": mark.at,
            **{name: mark.value[name] for name in names},
        }
        for mark in snapshot.marks
        if mark.kind == "correction"
    ]


def audit_row(line: str, fields: Mapping[str, str]) -> Row:
    """One line of the audit."""
    return {
        "line": line, "at": int(fields["at"]), "who": fields["nurse"], "action": fields["action"],
        "conversation": fields["conversation"], "detail": fields.get("detail", ""),
    }  # fmt: skip


def moment(stream_id: str) -> int:
    """When a stream id was given, in milliseconds since 1970."""
    return entry_order(stream_id)[0]


def _message(conversation: str, entry_id: str, at: int, entry: Entry, *, sent: bool) -> Row:
    rest = {
        "answer": entry.answer, "advice": entry.advice, "client_id": entry.client_id, "button": entry.button,
        "buttons": [{"title": button.title, "payload": button.payload} for button in entry.buttons] or None,
    }  # fmt: skip
    return {
        "conversation": conversation, "entry": entry_id, "at": at, "sender": entry.sender, "kind": entry.kind,
        "lang": entry.lang, "text": entry.text, "epoch": entry.epoch, "turn": entry.turn, "author": entry.author,
        "notice": entry.notice, "sent": sent, "rest": {name: value for name, value in rest.items() if value},
    }  # fmt: skip


def _topic(answer: Mapping[str, Any]) -> str | None:
    """What the answer was taken from; where nothing covered the question, what came nearest."""
    return answer.get("topic") or next(iter(answer.get("near") or ()), None)


def _verdict(verdict: Mapping[str, Any]) -> Row:
    return {name: verdict.get(name) for name in ("acuity", "lang", "rules", "findings", "ask", "advice")}


def _milliseconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000)
