"""What was put out for people outside the desk."""

from __future__ import annotations

import json
from typing import Any

from bot.conversation.store import NOTIFY, Conversations


async def notified(conversations: Conversations) -> list[dict[str, Any]]:
    """All events so far, oldest first."""
    return [json.loads(fields["e"]) for _, fields in await conversations.redis.xrange(NOTIFY)]
