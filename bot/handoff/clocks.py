"""How long a patient may wait, and what is due when that time is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.state import State

STAGES = ("first_alert", "second_alert", "on_call")


@dataclass(frozen=True, slots=True)
class Limits:
    """Waiting limits in seconds. `second`, `on_call`: after how many times the limit these two follow."""

    emergency: float = 60
    urgent: float = 600
    routine: float = 3600
    second: float = 1.5
    on_call: float = 2.0

    def of(self, acuity: str | None) -> float:
        """The limit of an acuity in seconds; what is not rated waits as routine does."""
        return {"emergency": self.emergency, "urgent": self.urgent}.get(acuity or "", self.routine)


def reached(state: State, limits: Limits, now: int) -> int:
    """How many stages (STAGES) have come by now; never fewer than were dealt with."""
    return max([state.stage, *(stage for stage, at in _times(state, limits) if at <= now)])


def due(state: State, limits: Limits) -> int | None:
    """When the next stage comes, in milliseconds since 1970; None after the last, and where nobody waits."""
    return min((at for stage, at in _times(state, limits) if stage > state.stage), default=None)


def _times(state: State, limits: Limits) -> list[tuple[int, int]]:
    """Each stage with its time. A snooze holds back alerts; the on-call contact is called all the same."""
    limit = limits.of(state.acuity) * 1000
    if state.owner == "nurse":  # an answer is owed: one alert, as a nurse is on it
        return [(1, state.clock_from + int(limit))] if state.clock_from else []
    first, second, last = (state.clock_from + int(limit * factor) for factor in (1, limits.second, limits.on_call))
    return [(1, max(first, state.snoozed_until)), (2, max(second, state.snoozed_until)), (3, last)]
