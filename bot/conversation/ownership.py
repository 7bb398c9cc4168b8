"""Who owns a conversation: bot, queue, nurse or closed. The only place where that changes.

    bot ──request──▶ queue ──claim──▶ nurse ──hand_back──▶ bot
     ▲                 │                └──────close─────▶ closed
     └─────leave───────┘                                      │
     └────────────────────reopen (the patient writes)─────────┘

Every change of owner raises the epoch. All functions are pure: a state in, the next state out.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.state import Owner, State
from bot.triage import Acuity


class NotAllowedError(Exception):
    """The change is not one that this owner may make now; the message says why, without patient text."""


def more_urgent(one: str | None, other: str | None) -> str | None:
    """The more urgent of two acuities; None is the least."""
    known = [Acuity(value) for value in (one, other) if value]
    return min(known, key=lambda acuity: acuity.rank).value if known else None


def request_nurse(state: State, *, reason: str, acuity: str, now: int) -> State:
    """Into the queue, or, where it waits already, up in it. A nurse who has it keeps it."""
    raised = more_urgent(state.acuity, acuity)
    if state.owner == "nurse":
        return replace(state, acuity=raised)
    if state.owner == "queue":
        return replace(state, acuity=raised, reason=reason if raised != state.acuity else state.reason)
    return replace(_to(state, "queue"), acuity=raised, reason=reason, since=now)


def claim(state: State, *, nurse: str, nurse_name: str) -> State:
    """From the queue to one nurse. Claiming one's own again changes nothing."""
    if state.owner == "nurse" and state.nurse == nurse:
        return state
    if state.owner == "nurse":
        raise NotAllowedError(f"{state.nurse_name} has this conversation")
    if state.owner != "queue":
        raise NotAllowedError("this conversation is not waiting for a nurse")
    return replace(_to(state, "nurse"), nurse=nurse, nurse_name=nurse_name)


def hand_back(state: State, *, nurse: str, last_entry: str) -> State:
    """From the nurse to the bot; what was said so far counts as settled for the screen."""
    require_nurse(state, nurse)
    return _settled(_to(state, "bot"), last_entry)


def close(state: State, *, nurse: str, last_entry: str) -> State:
    """The nurse ends it."""
    require_nurse(state, nurse)
    return _settled(_to(state, "closed"), last_entry)


def leave_queue(state: State, *, last_entry: str) -> State:
    """The patient goes back to the assistant; not while the screen says emergency."""
    if state.owner != "queue":
        raise NotAllowedError("the conversation is not in the queue")
    if state.acuity == Acuity.EMERGENCY.value:
        raise NotAllowedError("an emergency stays with the nurses")
    return _settled(_to(state, "bot"), last_entry)


def reopen(state: State) -> State:
    """The patient writes in a closed conversation: the bot answers again. Others stay as they are."""
    return _to(state, "bot") if state.owner == "closed" else state


def _to(state: State, owner: Owner) -> State:
    kept = owner == "nurse"
    return replace(
        state, owner=owner, epoch=state.epoch + 1,
        nurse=state.nurse if kept else None, nurse_name=state.nurse_name if kept else None,
    )  # fmt: skip


def _settled(state: State, last_entry: str) -> State:
    return replace(
        state, acuity=None, rules=(), findings=(), advised=(), reason=None, screen_from=last_entry,
        session=state.session + 1, session_turns=0,
    )  # fmt: skip


def require_nurse(state: State, nurse: str) -> None:
    """NotAllowedError unless this nurse has the conversation."""
    if state.owner != "nurse":
        raise NotAllowedError("no nurse has this conversation")
    if state.nurse != nurse:
        raise NotAllowedError(f"{state.nurse_name} has this conversation")
