"""Lets the learned readers look at a message that the screen has read, and carries out what they raise.

Where the bot owns the conversation the turn waits a moment for them, then goes on; what they say later still counts. A
message that the bot is not to answer is read beside everything else. A reading that is lost makes nothing calmer.
"""

from __future__ import annotations

import asyncio
import logging

from redis.exceptions import RedisError

from bot.conversation.readers import Readers
from bot.conversation.screening import carry_out_reading
from bot.conversation.store import Conversations
from bot.conversation.tasks import end
from bot.triage import Acuity, Verdict, raised

log = logging.getLogger(__name__)


class SecondReading:
    """`patience`: seconds that a turn waits for the readers before it goes on without them."""

    def __init__(self, conversations: Conversations, readers: Readers, region: str | None, patience: float) -> None:
        self._conversations = conversations
        self._readers = readers
        self._region = region
        self._patience = patience
        self._running: set[asyncio.Task[Verdict]] = set()

    def begin(self, conversation: str, entry_id: str, verdict: Verdict) -> asyncio.Task[Verdict]:
        """Start a reading; it goes on by itself. Its result is the verdict, raised or as it was."""
        task = asyncio.create_task(self._read(conversation, entry_id, verdict))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def read(self, conversation: str, entry_id: str, verdict: Verdict) -> Verdict:
        """The verdict as the readers leave it, if they say so within our patience; else as it is."""
        reading = self.begin(conversation, entry_id, verdict)
        await asyncio.wait({reading}, timeout=self._patience)
        return reading.result() if reading.done() else verdict

    async def close(self) -> None:
        """End what is under way."""
        await end(self._running)

    async def _read(self, conversation: str, entry_id: str, verdict: Verdict) -> Verdict:
        if verdict.acuity is Acuity.EMERGENCY:  # nothing is above it
            return verdict
        try:
            return await self._carried_out(conversation, entry_id, verdict)
        except (RedisError, OSError) as error:
            log.warning("conversation %s: second reading lost (%s)", conversation, type(error).__name__)
        except Exception as error:
            log.error("conversation %s: second reading failed (%s)", conversation, type(error).__name__)
        return verdict

    async def _carried_out(self, conversation: str, entry_id: str, verdict: Verdict) -> Verdict:
        message = await self._conversations.entry(conversation, entry_id)
        if message is None:
            return verdict
        after = raised(verdict, await self._readers.read(message.text), self._region)
        if after is not verdict:
            await self._conversations.change(
                conversation, lambda now: carry_out_reading(now, message, after, self._region)
            )
        return after
