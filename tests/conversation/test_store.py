"""The log: what is taken is kept, once and in order."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from redis.exceptions import RedisError

from bot.conversation import ownership
from bot.conversation.connection import Client, connect
from bot.conversation.entry import Entry
from bot.conversation.store import FEED, WORK, Change, Conversations, MissingConversationError, key_of
from bot.triage import Acuity, Verdict


def said(text: str, client_id: str) -> Entry:
    return Entry(sender="patient", text=text, lang="en", client_id=client_id).stamped(0)


async def test_a_repeated_delivery_changes_nothing(conversations: Conversations, conversation: str) -> None:
    first = await conversations.accept(conversation, said("hello", "m1"))
    again = await conversations.accept(conversation, said("hello", "m1"))
    assert first == (again[0], False)
    assert again[1] is True
    assert [entry.text for entry in await conversations.entries(conversation)] == ["hello"]


async def test_simultaneous_deliveries_of_one_message_are_taken_once(
    conversations: Conversations, conversation: str
) -> None:
    taken = await asyncio.gather(*(conversations.accept(conversation, said("hi", "m1")) for _ in range(20)))
    assert sorted(duplicate for _, duplicate in taken) == [False] + [True] * 19
    assert len(await conversations.entries(conversation)) == 1


async def test_messages_are_scheduled_once_and_finished_in_order(
    conversations: Conversations, conversation: str
) -> None:
    first, _ = await conversations.accept(conversation, said("one", "m1"))
    second, _ = await conversations.accept(conversation, said("two", "m2"))
    assert await conversations.redis.xlen(WORK) == 1
    assert await conversations.next_turn(conversation) == first
    assert (await conversations.change(conversation, lambda _s: Change(done=first))).status == "ok"
    assert (await conversations.change(conversation, lambda _s: Change(done=first))).status == "done"
    assert await conversations.next_turn(conversation) == second


async def test_two_steps_at_once_both_count(conversations: Conversations, conversation: str) -> None:
    def louder(state):  # type: ignore[no-untyped-def]
        return Change(state=replace(state, session=state.session + 1))

    await asyncio.gather(*(conversations.change(conversation, louder) for _ in range(10)))
    assert (await conversations.state(conversation)).session == 10


async def test_the_log_is_read_from_a_cursor(conversations: Conversations, conversation: str) -> None:
    first, _ = await conversations.accept(conversation, said("one", "m1"))
    await conversations.accept(conversation, said("two", "m2"))
    assert [entry.text for entry in await conversations.entries(conversation, after=first)] == ["two"]


async def test_only_the_token_opens_a_conversation(conversations: Conversations) -> None:
    conversation, token = await conversations.create("web", "zh")
    opened = await conversations.open(conversation, token)
    assert opened == await conversations.state(conversation)
    assert await conversations.open(conversation, token + "x") is None
    assert await conversations.open("another", token) is None


async def test_an_unknown_conversation_takes_nothing(conversations: Conversations) -> None:
    with pytest.raises(MissingConversationError):
        await conversations.accept("nobody", said("hello", "m1"))


async def test_a_store_that_is_away_fails_at_once() -> None:
    redis: Client = connect("redis://127.0.0.1:1/0")
    with pytest.raises(RedisError):
        await Conversations(redis).create("web", "en")
    await redis.aclose()


async def test_more_steps_at_once_than_connections_wait_their_turn(
    conversations: Conversations, conversation: str
) -> None:
    await asyncio.gather(*(conversations.accept(conversation, said("hi", f"m{n}")) for n in range(300)))
    assert len(await conversations.entries(conversation)) == 300


async def test_the_feed_names_each_conversation_that_changed_and_holds_no_text(
    conversations: Conversations, conversation: str
) -> None:
    entry, _ = await conversations.accept(conversation, said("a secret", "m1"))
    verdict = Verdict(Acuity.ROUTINE)
    await conversations.change(conversation, lambda _s: Change(verdict=(entry, verdict)))
    await conversations.change(conversation, lambda _s: Change(done=entry))
    fed = [fields for _id, fields in await conversations.redis.xrange(FEED)]
    plain = {"conversation": conversation}
    assert fed == [plain, plain, {**plain, "verdict": entry}, plain]


async def test_what_was_refused_is_not_in_the_feed(conversations: Conversations, conversation: str) -> None:
    await conversations.accept(conversation, said("hello", "m1"))
    before = await conversations.redis.xlen(FEED)
    await conversations.accept(conversation, said("hello", "m1"))
    await conversations.change(conversation, lambda _s: Change(done="1-1"))
    assert await conversations.redis.xlen(FEED) == before


async def test_each_change_of_owner_is_kept_with_the_note_that_the_new_owner_got(
    conversations: Conversations, conversation: str
) -> None:
    def ask(state):  # type: ignore[no-untyped-def]
        return Change(state=ownership.request_nurse(state, reason="asked", acuity="routine", now=1))

    def claim(state):  # type: ignore[no-untyped-def]
        return Change(state=ownership.claim(state, nurse="ada", nurse_name="Nurse Ada"), note="S  asked")

    for step in (ask, claim, claim):
        await conversations.change(conversation, step)
    kept = [
        json.loads(fields["c"]) for _id, fields in await conversations.redis.xrange(key_of(conversation, "changes"))
    ]
    assert [(each["before"], each["after"], each["epoch"], each["note"]) for each in kept] == [
        ("bot", "queue", 1, None),
        ("queue", "nurse", 2, "S  asked"),
    ]
