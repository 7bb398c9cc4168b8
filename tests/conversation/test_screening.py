"""What the screen's verdict does: the floor under everything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation import ownership
from bot.conversation.entry import Entry
from bot.conversation.screening import reply_language, screen_message
from bot.conversation.store import QUEUE, Change, Conversations
from bot.triage import Acuity
from bot.triage.knowledge import known
from bot.triage.source import data_dir

CHEST_PAIN = "I have crushing chest pain and my left arm is numb"
STROKE = "我爸突然说话不清楚，右边手脚没力气"


async def write(conversations: Conversations, conversation: str, text: str, client_id: str = "m1") -> str:
    entry = Entry(sender="patient", text=text, lang="en", client_id=client_id).stamped(0)
    return (await conversations.accept(conversation, entry))[0]


async def test_an_emergency_gets_its_advice_and_the_top_of_the_queue(
    conversations: Conversations, conversation: str
) -> None:
    entry = await write(conversations, conversation, CHEST_PAIN)
    verdict = (await screen_message(conversations, conversation, entry, "GB")).verdict
    state = await conversations.state(conversation)
    log = await conversations.entries(conversation)
    assert verdict.acuity is Acuity.EMERGENCY
    assert (state.owner, state.acuity, state.epoch) == ("queue", "emergency", 1)
    assert [line.kind for line in log] == ["text", "advice", "notice"]
    assert log[1].advice is not None
    assert log[1].advice["contacts"][0]["number"] == "999"
    assert "999" in log[2].text
    assert await conversations.redis.zrange(QUEUE, 0, -1) == [conversation]


async def test_chinese_gets_chinese_advice_and_number(conversations: Conversations, conversation: str) -> None:
    entry = await write(conversations, conversation, STROKE)
    await screen_message(conversations, conversation, entry, None)
    advice = (await conversations.entries(conversation))[1]
    assert advice.lang == "zh"
    assert advice.advice is not None
    assert advice.advice["contacts"][0]["number"] == "120"


async def test_a_verdict_is_carried_out_once(conversations: Conversations, conversation: str) -> None:
    entry = await write(conversations, conversation, CHEST_PAIN)
    await screen_message(conversations, conversation, entry, "GB")
    await screen_message(conversations, conversation, entry, "GB")
    assert len(await conversations.entries(conversation)) == 3


async def test_more_words_on_the_same_emergency_do_not_repeat_the_card(
    conversations: Conversations, conversation: str
) -> None:
    await screen_message(conversations, conversation, await write(conversations, conversation, CHEST_PAIN), "GB")
    again = await write(conversations, conversation, CHEST_PAIN + ", please hurry", "m2")
    await screen_message(conversations, conversation, again, "GB")
    log = await conversations.entries(conversation)
    assert [line.kind for line in log].count("advice") == 1
    assert log[-1].notice == "still_emergency"
    await screen_message(conversations, conversation, await write(conversations, conversation, "ok", "m3"), "GB")
    assert (await conversations.entries(conversation))[-1].text == "ok"


async def test_a_nurse_is_not_talked_over_but_the_acuity_rises(conversations: Conversations, conversation: str) -> None:
    def take_over(state):  # type: ignore[no-untyped-def]
        queued = ownership.request_nurse(state, reason="asked", acuity="routine", now=1)
        return Change(state=ownership.claim(queued, nurse="ada", nurse_name="Ada"))

    await conversations.change(conversation, take_over)
    await screen_message(conversations, conversation, await write(conversations, conversation, CHEST_PAIN), "GB")
    state = await conversations.state(conversation)
    assert (state.owner, state.acuity) == ("nurse", "emergency")
    assert [line.sender for line in await conversations.entries(conversation)] == ["patient"]


async def test_what_was_written_to_a_nurse_is_no_turn_of_the_bot(
    conversations: Conversations, conversation: str
) -> None:
    def take_over(state):  # type: ignore[no-untyped-def]
        queued = ownership.request_nurse(state, reason="asked", acuity="routine", now=1)
        return Change(state=ownership.claim(queued, nurse="ada", nurse_name="Ada"))

    await conversations.change(conversation, take_over)
    await screen_message(conversations, conversation, await write(conversations, conversation, "are you there"), "GB")
    assert await conversations.next_turn(conversation) is None


async def test_what_a_nurse_settled_before_it_was_screened_is_no_turn_of_the_bot(
    conversations: Conversations, conversation: str
) -> None:
    def there_and_back(state):  # type: ignore[no-untyped-def]
        queued = ownership.request_nurse(state, reason="asked", acuity="routine", now=1)
        claimed = ownership.claim(queued, nurse="ada", nurse_name="Ada")
        return Change(state=ownership.hand_back(claimed, nurse="ada", last_entry=entry))

    entry = await write(conversations, conversation, "are you there")
    await conversations.change(conversation, there_and_back)
    await screen_message(conversations, conversation, entry, "GB")
    assert await conversations.next_turn(conversation) is None


async def test_what_a_nurse_settled_does_not_fire_again(conversations: Conversations, conversation: str) -> None:
    await screen_message(conversations, conversation, await write(conversations, conversation, CHEST_PAIN), "GB")

    def settle(state):  # type: ignore[no-untyped-def]
        claimed = ownership.claim(state, nurse="ada", nurse_name="Ada")
        return Change(state=ownership.hand_back(claimed, nurse="ada", last_entry=last))

    last = (await conversations.entries(conversation))[-1].id
    await conversations.change(conversation, settle)
    thanks = await write(conversations, conversation, "thank you so much", "m2")
    verdict = (await screen_message(conversations, conversation, thanks, "GB")).verdict
    assert verdict.acuity is not Acuity.EMERGENCY
    assert (await conversations.state(conversation)).owner == "bot"


def test_the_language_of_the_reply_follows_the_patient() -> None:
    assert reply_language("我头疼 headache", "en") == "zh"
    assert reply_language("my head hurts", "zh") == "en"
    assert reply_language("ok", "zh") == "zh"
    assert reply_language("38.5", "zh") == "zh"


async def test_who_waits_is_asked_what_decides_and_a_yes_is_an_emergency(
    conversations: Conversations, conversation: str
) -> None:
    first = await write(conversations, conversation, "I have chest pain")
    await screen_message(conversations, conversation, first, "GB")
    asked = (await conversations.entries(conversation))[-1]
    assert (await conversations.state(conversation)).acuity == "urgent"
    assert asked.question == "chest_pain_danger"
    assert [button.title for button in asked.buttons] == ["Yes", "No", "Not sure"]
    answer = await write(conversations, conversation, "Yes", "m2")
    await screen_message(conversations, conversation, answer, "GB")
    assert (await conversations.state(conversation)).acuity == "emergency"
    assert (await conversations.entries(conversation))[-1].question is None


async def test_a_nurse_who_has_it_asks_the_questions(conversations: Conversations, conversation: str) -> None:
    await conversations.change(conversation, lambda now: Change(state=replace(now, owner="nurse", nurse="amara")))
    entry = await write(conversations, conversation, "I have chest pain")
    await screen_message(conversations, conversation, entry, "GB")
    assert [line.question for line in await conversations.entries(conversation)] == [None]


@pytest.fixture
def broken_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One protocol file is cut off in the middle, and the screen has not read any yet."""
    shutil.copytree(data_dir(), tmp_path / "triage")
    protocol = tmp_path / "triage" / "protocols" / "stroke.yml"
    protocol.write_bytes(protocol.read_bytes()[:700])
    monkeypatch.setenv("CARELINE_TRIAGE_DATA", str(tmp_path / "triage"))
    known.cache_clear()
    yield
    known.cache_clear()


@pytest.mark.parametrize("text", ["hello", "what helps against a cold?", CHEST_PAIN])
async def test_with_a_broken_protocol_a_human_looks_at_every_message(
    conversations: Conversations, conversation: str, broken_protocol: None, text: str
) -> None:
    await screen_message(conversations, conversation, await write(conversations, conversation, text), "GB")
    assert (await conversations.state(conversation)).owner == "queue"
    assert "999" in (await conversations.entries(conversation))[1].text


async def test_when_the_engine_fails_in_mid_conversation_a_human_looks(
    conversations: Conversations, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await screen_message(conversations, conversation, await write(conversations, conversation, "hello"), "GB")
    monkeypatch.setattr("bot.triage.engine.known", _fail)
    later = await write(conversations, conversation, "and what helps against a cold?", "m2")
    await screen_message(conversations, conversation, later, "GB")
    assert (await conversations.state(conversation)).owner == "queue"


def _fail() -> None:
    raise MemoryError
