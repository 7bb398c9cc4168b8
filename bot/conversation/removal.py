"""Takes conversations out of the live store, with whatever other parts keep there under their ids.

A key that holds something of one conversation carries its id between colons or dots (`careline:conv:<id>:log`,
`careline:rasa:<id>.<session>`); what else names a conversation holds no text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.conversation.connection import Client
from bot.conversation.store import (
    CLOCK,
    DESK_CHANNEL,
    FEED,
    NOTIFY,
    PARTS,
    PREFIX,
    QUEUE,
    WITH_NURSE,
    WORK,
    key_of,
    live_channel,
)

ERASED = f"{PREFIX}erased:"
"""Tombstones: for a while nobody writes anything of these conversations, however late (bot/nlu/trackers.py)."""
_TOMBSTONE_SECONDS = 24 * 3600
_SCRIPT = (Path(__file__).parent / "removal.lua").read_text()
_PORTION = 1000


async def remove_for_good(redis: Client, conversations: Collection[str]) -> int:
    """Remove conversations whatever their state; late turns do not bring them back. Returns how many keys went."""
    for conversation in conversations:
        await _remove(redis, conversation, str(_TOMBSTONE_SECONDS))
    removed = await remove_left_overs(redis, conversations)
    for stream in (FEED, WORK, NOTIFY):
        await _remove_mentions(redis, stream, conversations)
    for conversation in conversations:
        await redis.publish(live_channel(conversation), json.dumps({"type": "changed"}))
        await redis.publish(DESK_CHANNEL, json.dumps({"type": "queue", "conversation": conversation}))
    return removed + len(PARTS) * len(conversations)


async def remove_resting(redis: Client, conversation: str, last_entry: str, version: int) -> bool:
    """Remove a conversation that is as it was seen, that no nurse has or is waited for, and that has no open turn.

    Returns whether it is gone.
    """
    return await _remove(redis, conversation, "0", last_entry, str(version))


async def remove_left_overs(redis: Client, conversations: Collection[str]) -> int:
    """Remove every key that carries one of these ids; returns how many. Reads the names of all keys once."""
    wanted, found = set(conversations), []
    async for key in redis.scan_iter(f"{PREFIX}*", count=_PORTION):
        if wanted.intersection(re.split("[:.]", key)) and not key.startswith(ERASED):
            found.append(key)
    for begin in range(0, len(found), _PORTION):
        await redis.unlink(*found[begin : begin + _PORTION])
    return len(found)


async def live_conversations(redis: Client) -> list[str]:
    """The ids of all conversations in the live store."""
    head = key_of("")
    names = {key.removeprefix(head) async for key in redis.scan_iter(f"{head}*", count=_PORTION)}
    return sorted(name for name in names if ":" not in name)


async def _remove(redis: Client, conversation: str, *arguments: str) -> bool:
    keys = [*(key_of(conversation, part) for part in PARTS), QUEUE, WITH_NURSE, CLOCK, f"{ERASED}{conversation}"]
    return bool(await redis.eval(_SCRIPT, len(keys), *keys, conversation, *arguments))


async def _remove_mentions(redis: Client, stream: str, conversations: Collection[str]) -> None:
    """From a stream that all conversations share, and from what its readers have not acknowledged."""
    cursor, groups = "-", await redis.xinfo_groups(stream) if await redis.exists(stream) else []
    while rows := await redis.xrange(stream, min=cursor, count=_PORTION):
        cursor = f"({rows[-1][0]}"
        if named := [row for row, fields in rows if _names(fields, conversations)]:
            for group in groups:
                await redis.xack(stream, group["name"], *named)
            await redis.xdel(stream, *named)


def _names(fields: Mapping[str, str], conversations: Collection[str]) -> bool:
    return any(conversation in value for value in fields.values() for conversation in conversations)
