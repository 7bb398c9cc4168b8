"""What came of each message of a patient, and of each time in the nurses' queue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.conversation.entry import OUTCOMES
from bot.conversation.ownership import more_urgent
from bot.record.database import Row
from bot.record.rows import moment

_HANDED_OVER = ("queued", "assistant_unavailable")


def outcome_row(conversation: str, turn: str, replies: Iterable[Row]) -> Row:
    """What one message of a patient led to; `replies` are the messages that name it as their turn.

    advised (emergency or urgent advice), answered, not_covered, refused, escalated (what the answer pipeline said),
    handed_over, replied (another reply of the bot), unsent (a nurse was quicker), no_reply (the bot was not to speak,
    or has not spoken yet).
    """
    said = sorted(replies, key=lambda row: row["at"])
    sent = [row for row in said if row["sent"]]
    waited = sent[0]["at"] - moment(turn) if sent else None
    return {
        "conversation": conversation, "turn": turn, "at": moment(turn), "outcome": _outcome(said, sent),
        "waited": waited, "lang": sent[0]["lang"] if sent else None, "near": _near(sent),
    }  # fmt: skip


def _near(sent: Sequence[Row]) -> list[str] | None:
    """The topics that a question which is not covered came nearest to."""
    answers = [row["rest"].get("answer") or {} for row in sent if row["kind"] == "answer"]
    return next((list(answer["near"]) for answer in answers if answer.get("near")), None)


def _outcome(said: Sequence[Row], sent: Sequence[Row]) -> str:
    if any(row["kind"] == "advice" for row in sent):
        return "advised"
    for row in sent:
        if row["kind"] == "answer" and (row["rest"].get("answer") or {}).get("outcome") in OUTCOMES:
            return str(row["rest"]["answer"]["outcome"])
    if any((row["notice"] or "").startswith(_HANDED_OVER) for row in sent):
        return "handed_over"
    if any(row["sender"] == "bot" for row in sent):
        return "replied"
    return "unsent" if len(said) > len(sent) else "no_reply"


def handoff_rows(conversation: str, changes: Sequence[Row]) -> list[Row]:
    """Each time in the queue: since when, how urgent at most, when claimed by whom, how it ended."""
    found: list[Row] = []
    for change in changes:
        if found and found[-1]["ended"] is None:
            _go_on(found[-1], change)
        if change["after"] == "queue":
            found.append(_begin(conversation, change))
    return found


def _begin(conversation: str, change: Row) -> Row:
    empty: dict[str, Any] = dict.fromkeys(("claimed", "nurse", "waited", "ended", "ending"))
    given = {name: change[name] for name in ("epoch", "at", "acuity", "reason")}
    return {"conversation": conversation, **given, **empty}


def _go_on(handoff: Row, change: Row) -> None:
    handoff["acuity"] = more_urgent(handoff["acuity"], change["acuity"])
    if handoff["waited"] is None:
        handoff["waited"] = change["at"] - handoff["at"]
    if change["after"] == "nurse":
        handoff["claimed"] = handoff["claimed"] or change["at"]
        handoff["nurse"] = change["nurse"]
        return
    handoff["ended"] = change["at"]
    handoff["ending"] = _ENDINGS.get((change["before"], change["after"]), "closed")


_ENDINGS = {("nurse", "bot"): "handed_back", ("queue", "bot"): "left_queue", ("nurse", "queue"): "requeued"}
