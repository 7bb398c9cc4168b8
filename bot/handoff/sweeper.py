"""Looks at the clocks and at the nurses' presence, in every chat server; each thing is done once all the same.

Whatever is due is carried out by one atomic step on the conversation (store.py), which a second server finds done.
"""

from __future__ import annotations

import asyncio
import json
import logging

from redis.exceptions import RedisError

from bot.conversation.store import CLOCK, WITH_NURSE, Change, Conversations, MissingConversationError, key_of
from bot.handoff.attention import attend, take_from_lost_nurse
from bot.handoff.clocks import due
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules

log = logging.getLogger(__name__)

_EVERY = 1.0
_AT_ONCE = 256
_LOOK_AGAIN_MS = {"queue": 10_000, "nurse": 3_600_000, "bot": 0, "closed": 0}
"""In the queue somebody may have to be told that nobody is there any more."""
_RECENTLY_MS = 3_600_000
# Sets the time of the next look, unless the conversation has changed since it was looked at.
_SCHEDULE = """
if redis.call('HGET', KEYS[2], 'version') ~= ARGV[3] then return 0 end
redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
return 1
"""


class Sweeper:
    """Sweeps until cancelled."""

    def __init__(self, conversations: Conversations, presence: Presence, rules: HandoffRules) -> None:
        self._conversations = conversations
        self._redis = conversations.redis
        self._presence = presence
        self._rules = rules
        self._schedule = self._redis.register_script(_SCHEDULE)
        self._leases_from = self._grace()

    async def run(self) -> None:
        """Sweep every second; a store that is away is waited for."""
        while True:
            try:
                await self.sweep()
            except (RedisError, OSError) as error:
                log.warning("queue: the store is away (%s)", type(error).__name__)
                self._leases_from = self._grace()
            await asyncio.sleep(_EVERY)

    async def sweep(self) -> None:
        """Look once at all that may be due."""
        await self._take_from_lost_nurses()
        now = self._rules.clock()
        waiting = await self._redis.zrangebyscore(CLOCK, 0, now, start=0, num=_AT_ONCE)
        # who was here before the server or the store went away is given time to come back, as with the leases
        anyone = await self._presence.anyone(_RECENTLY_MS if now < self._leases_from else 0) if waiting else True
        for conversation in waiting:
            await self._look(conversation, anyone=anyone)

    async def _look(self, conversation: str, *, anyone: bool) -> None:
        try:
            state = await self._conversations.state(conversation)
        except MissingConversationError:
            await self._redis.zrem(CLOCK, conversation)
            return
        if attend(state, self._rules, anyone=anyone):
            await self._conversations.change(
                conversation, lambda now: attend(now, self._rules, anyone=anyone) or Change()
            )
            return  # the change set its clock to be looked at again
        again = min(due(state, self._rules.limits) or 2**53, self._rules.clock() + _LOOK_AGAIN_MS[state.owner])
        keys = [CLOCK, key_of(conversation)]
        await self._schedule(keys=keys, args=[conversation, again, state.version])

    async def _take_from_lost_nurses(self) -> None:
        if self._rules.clock() < self._leases_from:
            return
        taken = await self._redis.zrange(WITH_NURSE, 0, -1)
        if not taken:
            return
        async with self._redis.pipeline(transaction=False) as pipe:
            for conversation in taken:
                pipe.hget(key_of(conversation), "nurse")
            owners = [json.loads(stored or "null") for stored in await pipe.execute()]
        present = await self._presence.nurses()
        for conversation, nurse in zip(taken, owners, strict=True):
            if nurse and nurse not in present:
                await self._take(conversation, nurse)

    async def _take(self, conversation: str, nurse: str) -> None:
        committed = await self._conversations.change(
            conversation, lambda state: take_from_lost_nurse(state, nurse, self._rules)
        )
        if committed.entry_ids:
            log.warning("conversation %s: its nurse is gone, it waits again", conversation)

    def _grace(self) -> int:
        """Nurses whose sockets could not renew, because the server or the store was away, get time to come back."""
        return self._rules.clock() + int(self._rules.lease * 1000)
