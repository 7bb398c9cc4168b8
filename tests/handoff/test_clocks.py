"""Waiting limits: each alert once, whoever looks, and nothing holds back an emergency."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.conversation import ownership
from bot.conversation.ownership import NotAllowedError
from bot.conversation.store import NOTIFY, QUEUE, Change, Conversations
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from bot.handoff.sweeper import Sweeper
from tests.handoff.conftest import Simulated, claimed_by, wait_in_queue
from tests.handoff.events import notified

LIMITS = {"emergency": 60, "urgent": 600, "routine": 3600}


@pytest.fixture
def sweeper(conversations: Conversations, presence: Presence, rules: HandoffRules) -> Sweeper:
    return Sweeper(conversations, presence, rules)


async def kinds(conversations: Conversations) -> list[str]:
    return [event["kind"] for event in await notified(conversations)]


@pytest.mark.parametrize(("acuity", "limit"), LIMITS.items())
async def test_first_alert_then_second_then_the_on_call_contact_each_once(
    conversations: Conversations,
    presence: Presence,
    rules: HandoffRules,
    sweeper: Sweeper,
    clock: Simulated,
    acuity: str,
    limit: int,
) -> None:
    conversation = await wait_in_queue(conversations, rules, acuity)
    told: list[tuple[float, str]] = []
    start = clock.now
    while clock.now < start + limit * 2500:
        await presence.renew("ada")
        await sweeper.sweep()
        told += [((clock.now - start) / 1000 / limit, kind) for kind in (await kinds(conversations))[len(told) :]]
        clock.pass_seconds(limit / 40)
    assert [kind for _, kind in told] == ["first_alert", "second_alert", "on_call"]
    assert [at for at, _ in told] == pytest.approx([1, 1.5, 2], abs=0.06)
    first, _, last = await notified(conversations)
    assert (first["conversation"], first["acuity"], first["on_call"]) == (conversation, acuity, None)
    assert (last["on_call"], last["waited"]) == ("duty-nurse", pytest.approx(limit * 2, rel=0.06))


async def test_many_servers_at_once_and_restarts_give_each_alert_once(
    conversations: Conversations, presence: Presence, rules: HandoffRules, clock: Simulated
) -> None:
    for _ in range(5):
        await wait_in_queue(conversations, rules, "emergency")
    for _ in range(15):
        await presence.renew("ada")
        servers = [Sweeper(conversations, presence, rules) for _ in range(4)]
        await asyncio.gather(*(server.sweep() for server in servers))
        clock.pass_seconds(10)
    assert sorted(await kinds(conversations)) == ["first_alert"] * 5 + ["on_call"] * 5 + ["second_alert"] * 5


async def test_after_all_servers_were_away_only_the_latest_stage_is_told(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    await wait_in_queue(conversations, rules, "emergency")
    clock.pass_seconds(3600)
    await presence.renew("ada")
    await sweeper.sweep()
    await sweeper.sweep()
    assert await kinds(conversations) == ["on_call"]


async def test_a_nurse_who_claims_and_answers_stops_the_clock(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await claimed_by(conversations, rules, "ada", "emergency")
    await conversations.change(conversation, lambda state: Change(state=ownership.answered(state)))
    for _ in range(12):
        await presence.renew("ada")
        clock.pass_seconds(25)
        await presence.renew("ada")
        await sweeper.sweep()
    assert await kinds(conversations) == []


async def test_a_nurse_who_is_there_and_does_not_answer_is_told_on_once(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await claimed_by(conversations, rules, "ada", "emergency")

    async def minutes(count: int) -> list[str]:
        for _ in range(count * 3):
            await presence.renew("ada")
            clock.pass_seconds(20)
            await presence.renew("ada")
            await sweeper.sweep()
        return await kinds(conversations)

    assert await minutes(5) == ["unanswered"]
    assert (await conversations.state(conversation)).owner == "nurse"
    await conversations.change(conversation, lambda state: Change(state=ownership.answered(state)))
    assert await minutes(5) == ["unanswered"]
    await conversations.change(conversation, lambda state: Change(state=ownership.heard(state, now=clock.now)))
    assert await minutes(5) == ["unanswered"] * 2


async def test_what_gets_worse_runs_by_the_clock_of_its_new_acuity(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await wait_in_queue(conversations, rules, "routine")
    clock.pass_seconds(1800)
    worse: Any = lambda state: Change(  # noqa: E731
        state=ownership.request_nurse(state, reason="screen", acuity="emergency", now=clock.now)
    )
    await conversations.change(conversation, worse)
    await presence.renew("ada")
    await sweeper.sweep()
    assert await kinds(conversations) == []
    clock.pass_seconds(61)
    await presence.renew("ada")
    await sweeper.sweep()
    assert await kinds(conversations) == ["first_alert"]


async def test_a_snooze_holds_back_alerts_but_not_the_on_call_contact(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await wait_in_queue(conversations, rules, "urgent")
    until = clock.now + 1_250_000
    await conversations.change(conversation, lambda s: Change(state=ownership.snooze(s, until=until)))
    seen = {}
    for at in (700, 1000, 1210):
        clock.pass_seconds(at - (clock.now - until + 1_250_000) / 1000)
        await presence.renew("ada")
        await sweeper.sweep()
        seen[at] = await kinds(conversations)
    assert seen == {700: [], 1000: [], 1210: ["on_call"]}


async def test_an_emergency_cannot_be_snoozed_and_getting_worse_ends_a_snooze(
    conversations: Conversations, rules: HandoffRules
) -> None:
    conversation = await wait_in_queue(conversations, rules, "routine")
    state = ownership.snooze(await conversations.state(conversation), until=rules.clock() + 1000)
    worse = ownership.request_nurse(state, reason="screen", acuity="emergency", now=rules.clock())
    assert worse.snoozed_until == 0
    with pytest.raises(NotAllowedError, match="emergency"):
        ownership.snooze(worse, until=rules.clock() + 1000)
    with pytest.raises(NotAllowedError):
        ownership.snooze(replace(state, owner="nurse"), until=1)


async def test_a_conversation_that_no_longer_exists_is_forgotten(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper
) -> None:
    conversation = await wait_in_queue(conversations, rules, "routine")
    await conversations.redis.delete(f"careline:conv:{conversation}")
    await sweeper.sweep()
    assert await conversations.redis.zcard("careline:clock") == 0
    assert await conversations.redis.xlen(NOTIFY) == 0
    assert await conversations.redis.zcard(QUEUE) == 1
