"""What a patient who waits can honestly be told: how many are before them, and how long others took of late."""

from __future__ import annotations

from typing import Any

from bot.conversation.connection import Client
from bot.conversation.state import State
from bot.conversation.store import QUEUE
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from bot.handoff.waits import Waits


class Outlook:
    """Position and usual wait."""

    def __init__(self, redis: Client, presence: Presence, waits: Waits, rules: HandoffRules) -> None:
        self._redis = redis
        self._presence = presence
        self._waits = waits
        self._rules = rules

    async def of(self, state: State) -> dict[str, Any]:
        """`position`: how many wait before them, plus one; `usual_minutes`: within how many most were answered of late.

        None where it does not wait, and where nothing can be said: too few were answered, or nobody is there.
        """
        if state.owner != "queue":
            return {"position": None, "usual_minutes": None}
        rank = await self._redis.zrank(QUEUE, state.id)
        return {"position": None if rank is None else rank + 1, "usual_minutes": await self._usual(state)}

    async def _usual(self, state: State) -> int | None:
        staffed = self._rules.hours.team(state.team).is_open(self._rules.clock())
        if not staffed or not await self._presence.anyone():
            return None
        return await self._waits.minutes(state.acuity)
