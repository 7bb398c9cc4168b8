"""Outside of hours, or with no nurse connected, the patient is told honestly and somebody outside is called."""

from __future__ import annotations

import pytest

from bot.conversation import ownership
from bot.conversation.store import Change, Conversations
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from bot.handoff.sweeper import Sweeper
from tests.handoff.conftest import Simulated, wait_in_queue
from tests.handoff.events import notified


@pytest.fixture
def sweeper(conversations: Conversations, presence: Presence, rules: HandoffRules) -> Sweeper:
    return Sweeper(conversations, presence, rules)


async def said(conversations: Conversations, conversation: str) -> list[str]:
    return [entry.text for entry in await conversations.entries(conversation)]


async def test_a_routine_question_is_told_once_whom_to_ring_and_nobody_is_called(
    conversations: Conversations, rules: HandoffRules, sweeper: Sweeper
) -> None:
    conversation = await wait_in_queue(conversations, rules, "routine")
    await sweeper.sweep()
    await sweeper.sweep()
    (words,) = await said(conversations, conversation)
    assert "No nurse is at the desk" in words
    assert "NHS 111" in words
    assert "999" in words
    assert "opens" not in words  # by the hours somebody should be here: when they come is not known
    assert await notified(conversations) == []


async def test_outside_of_hours_the_patient_learns_when_the_desk_opens_though_a_nurse_is_still_there(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    clock.pass_seconds(9 * 3600)
    await presence.renew("ada")
    conversation = await wait_in_queue(conversations, rules, "routine")
    await sweeper.sweep()
    assert "It opens again tomorrow at 08:00." in (await said(conversations, conversation))[0]


@pytest.mark.parametrize("acuity", ["urgent", "emergency"])
async def test_what_is_urgent_goes_to_the_on_call_contact_at_once(
    conversations: Conversations, rules: HandoffRules, sweeper: Sweeper, acuity: str
) -> None:
    conversation = await wait_in_queue(conversations, rules, acuity)
    await sweeper.sweep()
    (words,) = await said(conversations, conversation)
    assert "person on duty" in words
    assert "999" in words
    (event,) = await notified(conversations)
    assert (event["kind"], event["on_call"], event["acuity"]) == ("nobody_there", "duty-nurse", acuity)


async def test_nobody_is_said_to_be_told_who_has_no_address(
    conversations: Conversations, presence: Presence, rules: HandoffRules
) -> None:
    unreachable = HandoffRules("GB", rules.hours, clock=rules.clock)
    conversation = await wait_in_queue(conversations, unreachable, "urgent")
    await Sweeper(conversations, presence, unreachable).sweep()
    assert "person on duty" not in (await said(conversations, conversation))[0]


async def test_with_a_nurse_there_nothing_is_said(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper
) -> None:
    await presence.renew("ada")
    conversation = await wait_in_queue(conversations, rules, "urgent")
    await sweeper.sweep()
    assert await said(conversations, conversation) == []


async def test_when_the_last_nurse_leaves_those_who_wait_are_told(
    conversations: Conversations, presence: Presence, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    await presence.renew("ada")
    conversation = await wait_in_queue(conversations, rules, "urgent")
    await sweeper.sweep()
    clock.pass_seconds(rules.lease + 11)
    await sweeper.sweep()
    assert len(await said(conversations, conversation)) == 1
    assert [event["kind"] for event in await notified(conversations)] == ["nobody_there"]


async def test_who_gets_worse_while_nobody_is_there_is_told_again_and_somebody_is_called(
    conversations: Conversations, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    conversation = await wait_in_queue(conversations, rules, "routine")
    await sweeper.sweep()
    await conversations.change(
        conversation,
        lambda s: Change(state=ownership.request_nurse(s, reason="screen", acuity="emergency", now=clock.now)),
    )
    await sweeper.sweep()
    assert "call 999 now" in (await said(conversations, conversation))[-1]
    assert [event["kind"] for event in await notified(conversations)] == ["nobody_there"]


async def test_chinese_patients_are_told_in_chinese(
    conversations: Conversations, rules: HandoffRules, sweeper: Sweeper, clock: Simulated
) -> None:
    clock.pass_seconds(9 * 3600)
    conversation, _ = await conversations.create("web", "zh")
    await conversations.change(
        conversation,
        lambda s: Change(state=ownership.request_nurse(s, reason="asked", acuity="urgent", now=clock.now)),
    )
    await sweeper.sweep()
    assert "明天 08:00 恢复值班" in (await said(conversations, conversation))[0]
