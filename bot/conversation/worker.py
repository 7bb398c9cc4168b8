"""Shares the turns out: a Redis stream of conversations that have a turn to take, one at a time each.

Every chat server runs one worker of the same consumer group. A worker renews its leases; the conversations of a worker
that died are taken over when its lease runs out, and whatever it had finished is not done again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError, ResponseError

from bot.conversation.connection import Client
from bot.conversation.store import WORK, Conversations, MissingConversationError
from bot.conversation.tasks import end

log = logging.getLogger(__name__)

GROUP = "turns"
_AT_ONCE = 64
_BACKOFF = 0.5

TakeTurn = Callable[[str, str], Awaitable[None]]


class Worker:
    """Takes turns until cancelled. `lease`: seconds without a sign of life after which others take over."""

    def __init__(self, conversations: Conversations, blocking: Client, take_turn: TakeTurn, lease: float) -> None:
        self._conversations = conversations
        self._redis = conversations.redis
        self._blocking = blocking
        self._take_turn = take_turn
        self._lease_ms = int(lease * 1000)
        self._name = uuid.uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._draining = False
        self._stopped = False

    async def run(self) -> None:
        """Take turns until stopped; a store that is away is waited for."""
        with contextlib.suppress(RedisError, OSError):  # it may be there; if the store is away, it is made later
            await self._redis.xgroup_create(WORK, GROUP, id="0", mkstream=True)
        await asyncio.gather(self._repeat(self._read), self._repeat(self._renew_and_take_over))

    async def drain(self, patience: float) -> None:
        """Begin no more turns, and give those at hand `patience` seconds to finish."""
        self._draining = True
        if self._running:
            await asyncio.wait(self._running.values(), timeout=patience)

    async def stop(self) -> None:
        """End the turns at hand; what they had not finished is taken up by another worker."""
        self._stopped = self._draining = True
        await end(self._running.values())

    async def give_up_leases(self) -> None:
        """After `run` has ended: others need not wait until the leases of this worker run out."""
        with contextlib.suppress(RedisError, OSError):
            if left := await self._leased():
                await self._redis.xclaim(WORK, GROUP, self._name, 0, left, idle=self._lease_ms, justid=True)

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._stopped:  # a cancellation may be lost inside the store's client (tasks.py)
            try:
                await step()
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    log.warning("turns: %s", type(error).__name__)
                await self._make_group()
            except (RedisError, OSError) as error:
                log.warning("turns: the store is away (%s)", type(error).__name__)
                await asyncio.sleep(_BACKOFF)

    async def _make_group(self) -> None:
        try:
            await self._redis.xgroup_create(WORK, GROUP, id="0", mkstream=True)
        except ResponseError:  # there is one
            await asyncio.sleep(_BACKOFF)
        except (RedisError, OSError):
            await asyncio.sleep(_BACKOFF)

    async def _read(self) -> None:
        room = _AT_ONCE - len(self._running)
        if self._draining:
            await asyncio.sleep(_BACKOFF)
            return
        if room <= 0:
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
            return
        for _stream, items in (
            await self._blocking.xreadgroup(GROUP, self._name, {WORK: ">"}, count=room, block=1000) or []
        ):
            for work_id, fields in items:
                self._start(work_id, fields["conversation"])

    async def _renew_and_take_over(self) -> None:
        if self._running:
            await self._renew()
        if not self._draining:
            await self._take_over()
        await asyncio.sleep(self._lease_ms / 1000 / 4)

    async def _renew(self) -> None:
        """Keep the leases that are still ours. Who was stopped for longer than the lease has lost them to others."""
        running = dict(self._running)  # as it was before the question: what begins meanwhile is no loss
        held = set(await self._leased())
        for work_id in running.keys() - held:
            running[work_id].cancel()
        if kept := held & running.keys():
            await self._redis.xclaim(WORK, GROUP, self._name, min_idle_time=0, message_ids=list(kept), justid=True)

    async def _take_over(self) -> None:
        _next, items, *_deleted = await self._redis.xautoclaim(
            WORK, GROUP, self._name, min_idle_time=self._lease_ms, count=_AT_ONCE
        )
        for work_id, fields in items:
            if fields and work_id not in self._running:
                self._start(work_id, fields["conversation"])

    async def _leased(self) -> list[str]:
        rows = await self._redis.xpending_range(WORK, GROUP, "-", "+", 10 * _AT_ONCE, self._name)
        return [row["message_id"] for row in rows]

    def _start(self, work_id: str, conversation: str) -> None:
        task = asyncio.create_task(self._serve(work_id, conversation))
        self._running[work_id] = task
        task.add_done_callback(lambda _task: self._running.pop(work_id, None))

    async def _serve(self, work_id: str, conversation: str) -> None:
        """All pending turns of one conversation, in order. A failure leaves them pending: the lease runs out."""
        try:
            turn = await self._conversations.next_turn(conversation)
            while not self._draining:  # if it drains, another worker goes on
                if turn:
                    await self._take_turn(conversation, turn)
                turn = await self._conversations.release(conversation, GROUP, work_id)
                if not turn:
                    return
        except (RedisError, OSError, MissingConversationError) as error:
            log.warning("conversation %s: turn interrupted (%s)", conversation, type(error).__name__)
        except Exception as error:
            log.error(
                "conversation %s: turn failed (%s), a worker will try again",
                conversation,
                type(error).__name__,
            )
