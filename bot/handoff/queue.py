"""The nurses' queue: conversations that wait, the most urgent first, then the longest waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.conversation.connection import Client
from bot.conversation.entry import Entry
from bot.conversation.state import State
from bot.conversation.store import QUEUE, WITH_NURSE, Conversations, MissingConversationError

_LAST_WORDS = 160


async def position(redis: Client, state: State) -> int | None:
    """How many wait before this conversation, plus one; None when it does not wait."""
    rank = await redis.zrank(QUEUE, state.id)
    return None if rank is None else rank + 1


async def items(conversations: Conversations, nurse: str) -> list[dict[str, Any]]:
    """What the desk shows to one nurse: all that wait, then all that nurses have (see docs/protocol.md, Item)."""
    waiting = await conversations.redis.zrange(QUEUE, 0, -1)
    taken = await conversations.redis.zrange(WITH_NURSE, 0, -1)
    found = [await _item(conversations, conversation, nurse) for conversation in (*waiting, *taken)]
    return [item for item in found if item]


def item(state: State, last: str, nurse: str) -> dict[str, Any]:
    """One line of the queue."""
    return {
        "conversation": state.id, "acuity": state.acuity, "since": state.since or state.created, "owner": state.owner,
        "nurse": state.nurse_name, "mine": state.owner == "nurse" and state.nurse == nurse, "lang": state.lang,
        "channel": state.channel, "reason": state.reason, "rules": list(state.rules), "last": last,
    }  # fmt: skip


def last_words(entries: Sequence[Entry]) -> str:
    """The end of what the patient wrote last, cut to a line."""
    said = [entry.text for entry in entries if entry.sender == "patient"]
    return " ".join(said[-1].split())[:_LAST_WORDS] if said else ""


async def _item(conversations: Conversations, conversation: str, nurse: str) -> dict[str, Any] | None:
    try:
        state = await conversations.state(conversation)
    except MissingConversationError:
        return None
    return item(state, last_words(await conversations.recent(conversation)), nurse)
