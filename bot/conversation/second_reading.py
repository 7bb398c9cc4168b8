"""Lets the learned readers look at a message that the screen has read, and carries out what they raise.

Where the bot owns the conversation the turn waits a moment for them, then goes on with what the reader in this process
says; what the others say later still counts. A message that the bot is not to answer is read beside everything else. A
reading that is lost makes nothing calmer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from redis.exceptions import RedisError

from bot.conversation.entry import Entry
from bot.conversation.readers import Readers
from bot.conversation.screening import carry_out_reading
from bot.conversation.store import Conversations
from bot.conversation.tasks import end
from bot.triage import Acuity, Reading, Verdict, raised

log = logging.getLogger(__name__)


class SecondReading:
    """`patience`: seconds that readers over the wire have before the reader by words is heard without them."""

    def __init__(self, conversations: Conversations, readers: Readers, region: str | None, patience: float) -> None:
        self._conversations = conversations
        self._readers = readers
        self._region = region
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, conversation: str, entry_id: str, verdict: Verdict) -> asyncio.Future[Verdict]:
        """Start a reading, which goes on by itself. Its first verdict, raised or not, is there after our patience."""
        first: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._read(conversation, entry_id, verdict, first))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return first

    async def read(self, conversation: str, entry_id: str, verdict: Verdict) -> Verdict:
        """The verdict as the readers leave it: all that say so within our patience, else the one in this process."""
        return await self.begin(conversation, entry_id, verdict)

    def alone(self, verdict: Verdict, text: str) -> Verdict:
        """The verdict on a text as the reader in this process leaves it: needs no store, and keeps nothing."""
        return raised(verdict, self._readers.by_words(text), self._region)

    async def close(self) -> None:
        """End what is under way."""
        await end(self._running)

    async def _read(self, conversation: str, entry_id: str, verdict: Verdict, first: asyncio.Future[Verdict]) -> None:
        try:
            if verdict.acuity is not Acuity.EMERGENCY:  # nothing is above it
                await self._read_twice(conversation, entry_id, verdict, first)
        except (RedisError, OSError) as error:
            log.warning("conversation %s: second reading lost (%s)", conversation, type(error).__name__)
        except Exception as error:
            log.error("conversation %s: second reading failed (%s)", conversation, type(error).__name__)
        finally:
            _settle(first, verdict)

    async def _read_twice(
        self, conversation: str, entry_id: str, verdict: Verdict, first: asyncio.Future[Verdict]
    ) -> None:
        message = await self._conversations.entry(conversation, entry_id)
        if message is None:
            return
        asked = asyncio.create_task(self._readers.over_the_wire(message.text))
        try:
            here = self._readers.by_words(message.text)
            await asyncio.wait({asked}, timeout=self._patience)
            if not asked.done() or asked.exception():
                verdict = await self._raise(conversation, message, verdict, here)
                _settle(first, verdict)
            _settle(first, await self._raise(conversation, message, verdict, [*await asked, *here]))
        finally:
            asked.cancel()

    async def _raise(self, conversation: str, message: Entry, verdict: Verdict, readings: Sequence[Reading]) -> Verdict:
        after = raised(verdict, readings, self._region)
        if after is not verdict:
            await self._conversations.change(
                conversation, lambda now: carry_out_reading(now, message, after, self._region)
            )
        return after


def _settle(first: asyncio.Future[Verdict], verdict: Verdict) -> None:
    if not first.done():
        first.set_result(verdict)
