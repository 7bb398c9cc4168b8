"""What the hospital and its operator decided about waiting, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.conversation.store import now_ms
from bot.handoff.clocks import Limits
from bot.handoff.hours import Hours

Clock = Callable[[], int]
"""The time now, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class HandoffRules:
    """region: whose numbers are shown; lease: seconds that a nurse's presence, and with it their claims, outlives the
    last sign of their browser; reachable: on-call contacts that have an address."""

    region: str | None
    hours: Hours
    limits: Limits = field(default_factory=Limits)
    lease: float = 30.0
    reachable: frozenset[str] = frozenset()
    clock: Clock = now_ms
