"""Turns are shared out, and those of a worker that died are taken over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.conversation.connection import BLOCKING_TIMEOUT, connect
from bot.conversation.entry import Entry
from bot.conversation.store import WORK, Change, Conversations
from bot.conversation.tasks import end
from bot.conversation.worker import GROUP, Worker

TakeTurn = Callable[[str, str], Awaitable[None]]
Start = Callable[[TakeTurn], asyncio.Task[None]]
LEASE = 1.0


async def write(conversations: Conversations, conversation: str, client_id: str) -> str:
    entry = Entry(sender="patient", text=client_id, lang="en", client_id=client_id).stamped(0)
    return (await conversations.accept(conversation, entry))[0]


@pytest.fixture
async def start(conversations: Conversations, redis_url: str) -> AsyncIterator[Start]:
    blocking, tasks, workers = connect(redis_url, BLOCKING_TIMEOUT), [], []

    def start(take_turn: TakeTurn) -> asyncio.Task[None]:
        worker = Worker(conversations, blocking, take_turn, LEASE)
        task = asyncio.create_task(worker.run())
        workers.append(worker)
        tasks.append(task)
        return task

    yield start
    for worker in workers:
        await worker.stop()
    await end(tasks)
    await blocking.aclose()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  (the store cannot be waited for)
            await asyncio.sleep(0.02)


async def test_every_turn_is_taken_once_in_order(conversations: Conversations, start: Start) -> None:
    taken: list[tuple[str, str]] = []

    async def take(conversation: str, turn: str) -> None:
        await asyncio.sleep(0.01)
        taken.append((conversation, turn))
        await conversations.change(conversation, lambda _s: Change(done=turn))

    ids = [(await conversations.create("web", "en"))[0] for _ in range(5)]
    start(take)
    start(take)
    wanted = {c: [await write(conversations, c, f"m{n}") for n in range(6)] for c in ids}
    await until(lambda: _empty(conversations))
    assert {c: [turn for conversation, turn in taken if conversation == c] for c in ids} == wanted


async def test_the_turn_of_a_worker_that_died_is_taken_over(
    conversations: Conversations,
    conversation: str,
    start: Start,
) -> None:
    reached, taken = asyncio.Event(), []

    async def hang(_conversation: str, _turn: str) -> None:
        reached.set()
        await asyncio.sleep(3600)

    async def take(conversation: str, turn: str) -> None:
        taken.append(turn)
        await conversations.change(conversation, lambda _s: Change(done=turn))

    dead = start(hang)
    turn = await write(conversations, conversation, "m1")
    await asyncio.wait_for(reached.wait(), 5)
    dead.cancel()  # its leases are renewed no more
    start(take)
    await until(lambda: _empty(conversations))
    assert taken == [turn]


async def test_a_turn_that_takes_longer_than_the_lease_is_not_taken_over(
    conversations: Conversations,
    conversation: str,
    start: Start,
) -> None:
    taken = []

    async def slow(conversation: str, turn: str) -> None:
        taken.append(turn)
        await asyncio.sleep(LEASE * 3)
        await conversations.change(conversation, lambda _s: Change(done=turn))

    start(slow)
    start(slow)
    await write(conversations, conversation, "m1")
    await until(lambda: _empty(conversations))
    assert len(taken) == 1


async def test_a_worker_that_drains_finishes_its_turn_and_leaves_the_rest_to_others_at_once(
    conversations: Conversations, conversation: str, redis_url: str, start: Start
) -> None:
    begun, go_on, taken = asyncio.Event(), asyncio.Event(), []

    async def slow(conversation: str, turn: str) -> None:
        begun.set()
        await go_on.wait()
        taken.append(("first", turn))
        await conversations.change(conversation, lambda _s: Change(done=turn))

    async def take(conversation: str, turn: str) -> None:
        taken.append(("second", turn))
        await conversations.change(conversation, lambda _s: Change(done=turn))

    blocking = connect(redis_url, BLOCKING_TIMEOUT)
    first = Worker(conversations, blocking, slow, lease=60)
    task = asyncio.create_task(first.run())
    turns = [await write(conversations, conversation, client_id) for client_id in ("m1", "m2")]
    await asyncio.wait_for(begun.wait(), 5)
    draining = asyncio.create_task(first.drain(20))
    await asyncio.sleep(0)
    go_on.set()
    await draining
    await first.stop()
    await end([task])
    await first.give_up_leases()
    await blocking.aclose()
    start(take)
    await until(lambda: _empty(conversations))
    assert taken == [("first", turns[0]), ("second", turns[1])]


async def test_a_worker_that_was_stopped_for_longer_than_its_lease_lets_go(
    conversations: Conversations, conversation: str, start: Start
) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(_conversation: str, _turn: str) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    start(hang)
    turn = await write(conversations, conversation, "m1")
    await asyncio.wait_for(begun.wait(), 5)
    ((work_id, _fields),) = await conversations.redis.xrange(WORK)
    await conversations.redis.xclaim(WORK, GROUP, "another", 0, [work_id])  # what another does when the lease ran out
    await asyncio.wait_for(cancelled.wait(), 5)
    assert await conversations.next_turn(conversation) == turn


async def test_a_conversation_whose_turn_was_finished_elsewhere_is_given_back(
    conversations: Conversations, conversation: str, start: Start
) -> None:
    """An emergency is answered by the screen, often before a worker comes to it."""
    turn = await write(conversations, conversation, "m1")
    await conversations.change(conversation, lambda _s: Change(done=turn))
    taken = []

    async def take(conversation: str, turn: str) -> None:
        taken.append(turn)
        await conversations.change(conversation, lambda _s: Change(done=turn))

    start(take)
    await until(lambda: _empty(conversations))
    later = await write(conversations, conversation, "m2")
    await until(lambda: _empty(conversations))
    assert taken == [later]


async def _empty(conversations: Conversations) -> bool:
    length: int = await conversations.redis.xlen(WORK)
    return length == 0
