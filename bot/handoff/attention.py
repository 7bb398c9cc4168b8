"""What a conversation that waits, or has lost its nurse, needs now. Pure: a state in, the change out, or None."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import ownership
from bot.conversation.entry import Entry
from bot.conversation.notices import notice, notice_text
from bot.conversation.state import State
from bot.conversation.store import Change
from bot.handoff.clocks import STAGES, reached
from bot.handoff.events import Event, event
from bot.handoff.hours import Team, when_words
from bot.handoff.rules import HandoffRules

_ALARMING = ("emergency", "urgent")


def attend(state: State, rules: HandoffRules, *, anyone: bool) -> Change | None:
    """What is due for a conversation that waits, in the queue or for its nurse's answer.

    `anyone`: whether a nurse is at the desk at all.

    Who waits while nobody is there is told so, once, and again when it gets worse; what is urgent or worse goes to
    the on-call contact at once. A stage that was missed (all servers were down) is passed over for the later one.
    """
    if state.owner == "nurse":
        return _unanswered(state, rules)
    if state.owner != "queue":
        return None
    now, team = rules.clock(), rules.hours.team(state.team)
    after = state
    entries: tuple[Entry, ...] = ()
    events: tuple[Event, ...] = ()
    if not (anyone and team.is_open(now)) and _gets_worse(state):
        after, entries, events = _absence(state, team, rules)
    if (stage := reached(state, rules.limits, now)) > state.stage:
        after = replace(after, stage=stage)
        events = (*events, event(STAGES[stage - 1], state, team, now))
    if after is state:
        return None
    why = STAGES[after.stage - 1] if after.stage > state.stage else "nobody_there"
    return Change(state=after, entries=entries, alert=state.acuity, why=why, notify=events)


def _unanswered(state: State, rules: HandoffRules) -> Change | None:
    """The nurse is connected, but has not answered for as long as a patient may wait: the desks are alerted, once."""
    now = rules.clock()
    if reached(state, rules.limits, now) == state.stage:
        return None
    events = (event("unanswered", state, rules.hours.team(state.team), now),)
    return Change(state=replace(state, stage=1), alert=state.acuity, why="unanswered", notify=events)


def take_from_lost_nurse(state: State, nurse: str, rules: HandoffRules) -> Change:
    """Back into the queue from a nurse whose browser is gone; nothing if they have it no more or came back."""
    if state.owner != "nurse" or state.nurse != nurse:
        return Change()
    now = rules.clock()
    after = ownership.lose_nurse(state, nurse=nurse, now=now)
    told = notice("nurse_lost", after.lang, rules.region, nurse=state.nurse_name or "").stamped(after.epoch)
    events = (event("nurse_lost", after, rules.hours.team(after.team), now),)
    return Change(
        state=after, entries=(told,), alert=after.acuity, why="nurse_lost", notify=events, absent=(nurse, now)
    )


def _gets_worse(state: State) -> bool:
    return ownership.more_urgent(state.absence_told, _level(state)) != state.absence_told


def _level(state: State) -> str:
    return state.acuity if state.acuity in _ALARMING and state.acuity else "routine"


def _absence(state: State, team: Team, rules: HandoffRules) -> tuple[State, tuple[Entry, ...], tuple[Event, ...]]:
    level, now = _level(state), rules.clock()
    after = replace(state, absence_told=level)
    code = f"nobody_there_{level}" if level in _ALARMING else "nobody_there"
    told = notice(code, state.lang, rules.region, opens=_opens(team, state.lang, rules), duty=_duty(state, team, rules))
    events = (event("nobody_there", state, team, now),) if level in _ALARMING else ()
    return after, (told.stamped(state.epoch),), events


def _opens(team: Team, lang: str, rules: HandoffRules) -> str:
    now = rules.clock()
    at = None if team.is_open(now) else team.opens(now)
    return notice_text("desk_opens", lang, rules.region, when=when_words(at, now, lang)) if at else ""


def _duty(state: State, team: Team, rules: HandoffRules) -> str:
    """Said only where somebody is told indeed."""
    return notice_text("duty_told", state.lang, rules.region) if team.on_call in rules.reachable else ""
