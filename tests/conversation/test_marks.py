"""What patients and nurses say of answers: one of each kind an answer, the last one, and only of answers."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation import marks
from bot.conversation.entry import Entry
from bot.conversation.marks import Mark
from bot.conversation.ownership import NotAllowedError
from bot.conversation.store import FEED, Change, Conversations, MissingConversationError, key_of


def answer(outcome: str = "answered", entry_id: str = "") -> Entry:
    return Entry(
        sender="bot", kind="answer", text="It may soothe.", lang="en", answer={"outcome": outcome}, id=entry_id
    )


@pytest.fixture
async def answered(conversations: Conversations, conversation: str) -> Entry:
    """An answer in the log."""
    done = await conversations.change(conversation, lambda _now: Change(entries=(answer(),)))
    entry = await conversations.entry(conversation, done.entry_ids[0])
    assert entry is not None
    return entry


async def mark(conversations: Conversations, conversation: str, mark: Mark) -> str:
    return (await conversations.change(conversation, lambda _now: Change(mark=mark))).status


def corrected(entry: Entry, text: str) -> Mark:
    return marks.correction(entry, outcome="answered", text=text, topic=None, nurse="ada", by="Nurse Ada")


async def test_the_same_again_changes_nothing(conversations: Conversations, conversation: str, answered: Entry) -> None:
    assert await mark(conversations, conversation, marks.feedback(answered, True)) == "ok"
    fed, before = await conversations.redis.xlen(FEED), await conversations.marks(conversation)
    assert await mark(conversations, conversation, marks.feedback(answered, True)) == "duplicate"
    assert await conversations.redis.xlen(FEED) == fed
    assert await conversations.marks(conversation) == before


async def test_another_choice_takes_the_place_of_the_first(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    for helpful in (True, False, True, False):
        await mark(conversations, conversation, marks.feedback(answered, helpful))
    (kept,) = await conversations.marks(conversation)
    assert (kept.entry, kept.value) == (answered.id, {"helpful": False})


async def test_feedback_and_correction_stand_beside_each_other(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    await mark(conversations, conversation, marks.feedback(answered, False))
    await mark(conversations, conversation, corrected(answered, "first"))
    await mark(conversations, conversation, corrected(answered, "second"))
    shown = marks.by_answer(await conversations.marks(conversation))
    assert shown["feedback"] == {answered.id: False}
    assert shown["corrections"][answered.id]["text"] == "second"
    assert "nurse" not in shown["corrections"][answered.id]


async def test_choices_at_the_same_moment_leave_one(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    await asyncio.gather(*(mark(conversations, conversation, marks.feedback(answered, bool(n % 2))) for n in range(10)))
    assert len(await conversations.marks(conversation)) == 1


async def test_what_is_kept_of_a_choice_is_the_entry_and_the_choice(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    await mark(conversations, conversation, marks.feedback(answered, True))
    ((_id, fields),) = await conversations.redis.xrange(key_of(conversation, "marks"))
    assert fields == {"kind": "feedback", "entry": answered.id, "m": '{"helpful": true}'}


async def test_a_screen_asks_for_the_marks_after_the_last_it_has(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    await mark(conversations, conversation, marks.feedback(answered, True))
    (first,) = await conversations.marks(conversation)
    await mark(conversations, conversation, marks.feedback(answered, False))
    _entries, new, _state = await conversations.news(conversation, answered.id, first.id)
    assert [one.value["helpful"] for one in new] == [False]
    _entries, new, _state = await conversations.news(conversation, answered.id, new[0].id)
    assert new == []


async def test_an_erased_conversation_takes_none(
    conversations: Conversations, conversation: str, answered: Entry
) -> None:
    await conversations.redis.delete(key_of(conversation))
    with pytest.raises(MissingConversationError):
        await mark(conversations, conversation, marks.feedback(answered, True))
    assert not await conversations.redis.exists(key_of(conversation, "marks"))


@pytest.mark.parametrize(
    "entry",
    [None, Entry(sender="patient", text="hello", lang="en"), answer("refused"), answer("escalated")],
)
def test_only_an_answer_that_patients_are_asked_about_takes_feedback(entry: Entry | None) -> None:
    with pytest.raises(NotAllowedError):
        marks.feedback(entry, True)


def test_any_answer_may_be_corrected_and_nothing_else() -> None:
    assert corrected(answer("refused", "1-1"), "").entry == "1-1"
    with pytest.raises(NotAllowedError):
        corrected(Entry(sender="bot", text="hello", lang="en"), "")
    with pytest.raises(ValueError, match="outcome"):
        marks.correction(answer(), outcome="perfect", text="", topic=None, nurse="ada", by="Nurse Ada")


@pytest.mark.parametrize("name", ["", "1", "x-1", "1-1-1", "-1-1", "+", "99999999999999999999-0", "１-１"])
async def test_what_is_no_id_names_no_entry(conversations: Conversations, conversation: str, name: str) -> None:
    assert await conversations.entry(conversation, name) is None
