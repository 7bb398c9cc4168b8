"""What people outside the desk are told of. Never holds patient text: only what a locked screen may show."""

from __future__ import annotations

from typing import Any

from bot.conversation.state import State
from bot.handoff.hours import Team

Event = dict[str, Any]


def event(kind: str, state: State, team: Team, now: int) -> Event:
    """One event: first_alert, second_alert, on_call, nobody_there, nurse_lost or unanswered."""
    return {
        "kind": kind,
        "at": now,
        "conversation": state.id,
        "acuity": state.acuity or "routine",
        "waited": max(0, now - (state.since or now)) // 1000,
        "rules": [rule["title"] for rule in state.rules],
        "team": team.id,
        "on_call": team.on_call if kind in ("on_call", "nobody_there") else None,
    }
