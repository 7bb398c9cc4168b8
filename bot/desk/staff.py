"""Who works at the desk and who is there now: whom a conversation can be passed to."""

from __future__ import annotations

from typing import Any

from bot.desk.accounts import Accounts, Nurse
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules


class Staff:
    """Nurses and teams."""

    def __init__(self, accounts: Accounts, presence: Presence, rules: HandoffRules) -> None:
        self._accounts = accounts
        self._presence = presence
        self._rules = rules

    async def frame(self, me: Nurse) -> dict[str, Any]:
        """The `staff` frame (docs/protocol.md): the nurses who are at the desk, `me` left out, and all teams."""
        present = await self._presence.nurses()
        nurses = [nurse for nurse in await self._accounts.list() if nurse.name in present and nurse.name != me.name]
        now = self._rules.clock()
        teams = self._rules.hours.teams.values()
        return {
            "type": "staff",
            "nurses": [{"name": nurse.name, "display_name": nurse.display_name} for nurse in nurses],
            "teams": [{"id": team.id, "name": dict(team.name), "open": team.is_open(now)} for team in teams],
        }
