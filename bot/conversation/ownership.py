"""Who owns a conversation: bot, queue, nurse or closed. The only place where that changes.

    bot ──request──▶ queue ──claim──▶ nurse ──hand_back──▶ bot
     ▲                │ ▲               │ │
     └─────leave──────┘ └transfer, lose─┘ └──────close────▶ closed
     └────────────────────reopen (the patient writes)─────────┘

The patient may end it from everywhere (`end`), but neither leaves nor ends an emergency. Every change of owner raises
the epoch. All functions are pure: a state in, the next state out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.conversation.state import Owner, State
from bot.triage import Acuity


class NotAllowedError(Exception):
    """The change is not one that this owner may make now; the message says why, without patient text."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a conversation is transferred to: a team (its id), or one nurse (account and display name)."""

    team: str | None = None
    nurse: str | None = None
    nurse_name: str | None = None


def more_urgent(one: str | None, other: str | None) -> str | None:
    """The more urgent of two acuities; None is the least."""
    known = [Acuity(value) for value in (one, other) if value]
    return min(known, key=lambda acuity: acuity.rank).value if known else None


def request_nurse(state: State, *, reason: str, acuity: str, now: int) -> State:
    """Into the queue, or, where it waits already, up in it. A nurse who has it keeps it.

    What got more urgent starts the clock of its new acuity and is snoozed no longer.
    """
    raised = more_urgent(state.acuity, acuity)
    if state.owner == "nurse":
        return replace(state, acuity=raised)
    if state.owner != "queue":
        return replace(_queued(state, now), acuity=raised, reason=reason, since=now)
    if raised == state.acuity:
        return state
    return replace(state, acuity=raised, reason=reason, clock_from=now, stage=0, snoozed_until=0)


def claim(state: State, *, nurse: str, nurse_name: str, now: int = 0) -> State:
    """From the queue to one nurse, whose answer the patient waits for from `now` on. One's own again: no change."""
    if state.owner == "nurse" and state.nurse == nurse:
        return state
    if state.owner == "nurse":
        raise NotAllowedError(f"{state.nurse_name} has this conversation")
    if state.owner != "queue":
        raise NotAllowedError("this conversation is not waiting for a nurse")
    after = replace(_to(state, "nurse"), nurse=nurse, nurse_name=nurse_name, wanted=None, wanted_name=None)
    return replace(after, clock_from=now, stage=0, snoozed_until=0)


def transfer(state: State, *, nurse: str, to: Receiver, now: int) -> State:
    """From its nurse into the queue for someone else: acuity and waiting time stay, so it stands where it stood."""
    require_nurse(state, nurse)
    if to.nurse == nurse:
        raise NotAllowedError("you have this conversation already")
    if not (to.nurse or to.team):
        raise NotAllowedError("a transfer needs a nurse or a team")
    queued = replace(_queued(state, now), reason="transfer")
    return replace(queued, team=to.team or state.team, wanted=to.nurse, wanted_name=to.nurse_name)


def lose_nurse(state: State, *, nurse: str, now: int) -> State:
    """The nurse's browser is gone: back into the queue, in its place. NotAllowedError if another has it by now."""
    require_nurse(state, nurse)
    return replace(_queued(state, now), reason="nurse_lost")


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
    _refuse_emergency(state)
    return _settled(_to(state, "bot"), last_entry)


def end(state: State, *, last_entry: str) -> State:
    """The patient ends it, whoever has it; not while the screen says emergency. Twice changes nothing."""
    if state.owner == "closed":
        return state
    _refuse_emergency(state)
    return _settled(_to(state, "closed"), last_entry)


def snooze(state: State, *, until: int) -> State:
    """No alert before `until` (milliseconds since 1970) while it waits; never for an emergency."""
    if state.owner != "queue":
        raise NotAllowedError("this conversation is not waiting for a nurse")
    if state.acuity == Acuity.EMERGENCY.value:
        raise NotAllowedError("an emergency cannot be snoozed")
    return replace(state, snoozed_until=until)


def heard(state: State, *, now: int) -> State:
    """The patient has written: a nurse who has it owes an answer from now on, if not already."""
    return replace(state, clock_from=now, stage=0) if state.owner == "nurse" and not state.clock_from else state


def answered(state: State) -> State:
    """The nurse has written: nothing is owed."""
    return replace(state, clock_from=0, stage=0) if state.clock_from else state


def reopen(state: State) -> State:
    """The patient writes in a closed conversation: the bot answers again. Others stay as they are."""
    return _to(state, "bot") if state.owner == "closed" else state


def require_nurse(state: State, nurse: str) -> None:
    """NotAllowedError unless this nurse has the conversation."""
    if state.owner != "nurse":
        raise NotAllowedError("no nurse has this conversation")
    if state.nurse != nurse:
        raise NotAllowedError(f"{state.nurse_name} has this conversation")


def _to(state: State, owner: Owner) -> State:
    kept = owner == "nurse"
    return replace(
        state, owner=owner, epoch=state.epoch + 1,
        nurse=state.nurse if kept else None, nurse_name=state.nurse_name if kept else None,
    )  # fmt: skip


def _queued(state: State, now: int) -> State:
    """In the queue, with a clock that starts now."""
    return replace(_to(state, "queue"), clock_from=now, stage=0, snoozed_until=0, absence_told=None)


def _settled(state: State, last_entry: str) -> State:
    return replace(
        state, acuity=None, rules=(), findings=(), advised=(), ask=None, reason=None, screen_from=last_entry,
        session=state.session + 1, session_turns=0, team=None, wanted=None, wanted_name=None,
    )  # fmt: skip


def _refuse_emergency(state: State) -> None:
    if state.acuity == Acuity.EMERGENCY.value:
        raise NotAllowedError("an emergency stays with the nurses")
