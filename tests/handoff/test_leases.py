"""A claim is a lease: when the nurse's browser is gone, the patient waits again, in their place."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation.store import QUEUE, Conversations
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from bot.handoff.sweeper import Sweeper
from tests.handoff.conftest import Simulated, claimed_by, wait_in_queue
from tests.handoff.events import notified


@pytest.fixture
def sweeper(conversations: Conversations, presence: Presence, rules: HandoffRules, clock: Simulated) -> Sweeper:
    sweeper = Sweeper(conversations, presence, rules)
    clock.pass_seconds(rules.lease)  # the time that nurses have to come back after a start
    return sweeper


async def test_a_nurse_who_is_there_keeps_it(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await claimed_by(conversations, rules, "ada")
    for _ in range(20):
        await presence.renew("ada")
        clock.pass_seconds(rules.lease - 1)
        await sweeper.sweep()
    assert (await conversations.state(conversation)).owner == "nurse"


async def test_a_nurse_who_is_gone_loses_it_to_the_queue_with_acuity_and_place(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    await presence.renew("ada")
    conversation = await claimed_by(conversations, rules, "ada", "urgent")
    before = await conversations.state(conversation)
    clock.pass_seconds(10)
    later = await wait_in_queue(conversations, rules, "urgent")
    clock.pass_seconds(rules.lease)
    await presence.renew("bob")
    await sweeper.sweep()
    state = await conversations.state(conversation)
    assert (state.owner, state.acuity, state.since, state.nurse) == ("queue", "urgent", before.since, None)
    assert state.epoch == before.epoch + 1
    assert await conversations.redis.zrange(QUEUE, 0, -1) == [conversation, later]
    told = (await conversations.entries(conversation))[-1]
    assert told.notice == "nurse_lost"
    assert "Ada" in told.text
    assert [event["kind"] for event in await notified(conversations)] == ["nurse_lost"]
    assert state.clock_from == clock.now  # the limit runs anew: nobody has looked since


async def test_several_servers_take_it_back_once(
    conversations: Conversations, presence: Presence, rules: HandoffRules, clock: Simulated
) -> None:
    servers = [Sweeper(conversations, presence, rules) for _ in range(4)]
    taken = [await claimed_by(conversations, rules, "ada") for _ in range(5)]
    clock.pass_seconds(rules.lease + 1)
    await presence.renew("bob")
    await asyncio.gather(*(server.sweep() for server in servers))
    assert len(await notified(conversations)) == 5
    for conversation in taken:
        assert [e.notice for e in await conversations.entries(conversation)] == ["nurse_lost"]
        assert (await conversations.state(conversation)).epoch == 3


async def test_who_comes_back_in_the_last_moment_keeps_it(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper
) -> None:
    """Between the sweeper's look and its step the nurse's browser is back: the step itself looks again."""
    conversation = await claimed_by(conversations, rules, "ada")
    await presence.renew("ada")
    await sweeper._take(conversation, "ada")
    assert (await conversations.state(conversation)).owner == "nurse"


async def test_after_a_restart_nurses_have_time_to_come_back(
    conversations: Conversations, presence: Presence, rules: HandoffRules, clock: Simulated
) -> None:
    await presence.renew("ada")
    conversation = await claimed_by(conversations, rules, "ada")
    waiting = await wait_in_queue(conversations, rules, "routine")
    clock.pass_seconds(600)  # no server ran, nobody could renew
    server = Sweeper(conversations, presence, rules)
    await server.sweep()
    assert (await conversations.state(conversation)).owner == "nurse"
    assert await conversations.entries(waiting) == []
    await presence.renew("ada")
    clock.pass_seconds(rules.lease - 1)
    await presence.renew("ada")
    clock.pass_seconds(2)
    await server.sweep()
    assert (await conversations.state(conversation)).owner == "nurse"
