"""What is kept how long: under a clock of the test's own."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.conversation.connection import Client
from bot.conversation.rasa import RasaReply
from bot.conversation.removal import live_conversations
from bot.conversation.store import key_of, now_ms
from bot.desk.audit import AUDIT
from bot.desk.audit import record as note
from bot.record.projector import Projector
from bot.record.rebuilding import rebuild
from bot.record.retention import DAY, Removed, sweep, sweep_if_due
from bot.record.settings import RecordSettings
from tests.record.story import ANSWER, Story, rows

TRACKER = "careline:rasa:{}.0"


@pytest.fixture
def settings(settings: RecordSettings) -> RecordSettings:
    days = {"live": 10, "messages": 20, "verdicts": 30, "outcomes": 40, "audit": 50}
    return settings.model_copy(update={f"record_{name}_days": count for name, count in days.items()})


async def test_each_class_goes_when_its_days_are_over(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings
) -> None:
    await story.whole()
    await redis.set(TRACKER.format(story.id), "{}")
    await note(redis, "ada", "open", story.id)
    now = now_ms()

    async def left_after(days: float) -> set[str]:
        await sweep(redis, engine, projector, settings, now + int(days * DAY))
        return {name for name, found in rows(engine).items() if found}

    texts, counted = {"messages", "notes", "corrections"}, {"outcomes", "handoffs", "ownership", "feedback"}
    everything = {"conversations", "verdicts", "audit", *texts, *counted}
    assert await left_after(9) == everything
    assert await live_conversations(redis) == [story.id]
    assert await left_after(11) == everything
    assert await live_conversations(redis) == []
    assert not await redis.exists(TRACKER.format(story.id), key_of(story.id, "log"))
    assert await left_after(21) == everything - texts
    assert await left_after(31) == everything - texts - {"verdicts"}
    assert await left_after(41) == {"audit"}


async def test_a_sweep_is_audited_as_counts(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings
) -> None:
    await story.patient()
    await story.bot()
    removed = await sweep(redis, engine, projector, settings, now_ms() + 45 * DAY)
    assert removed == Removed(live=1, messages=2, verdicts=1, outcomes=1)
    await projector.catch_up()
    (line,) = rows(engine)["audit"]
    assert (line["action"], line["detail"]) == ("sweep", "live 1, messages 2, verdicts 1, outcomes 1, audit 0")


@pytest.mark.parametrize("owner", ["queue", "nurse"])
async def test_whoever_waits_or_is_with_a_nurse_is_not_swept(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings, owner: str
) -> None:
    await story.patient()
    await story.wait_for_nurse()
    if owner == "nurse":
        await story.claim()
    await sweep(redis, engine, projector, settings, now_ms() + 100 * DAY)
    assert await live_conversations(redis) == [story.id]
    assert len([row for row in rows(engine)["messages"] if row["sender"] == "patient"]) == 1


async def test_a_message_that_comes_during_the_sweep_keeps_the_conversation(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from bot.record import retention

    await story.patient()
    await story.bot()
    look = retention._state_if_projected

    async def look_and_be_late(*arguments):  # type: ignore[no-untyped-def]
        seen = await look(*arguments)
        await story.patient("Are you still there?")
        return seen

    monkeypatch.setattr(retention, "_state_if_projected", look_and_be_late)
    await sweep(redis, engine, projector, settings, now_ms() + 15 * DAY)
    assert await live_conversations(redis) == [story.id]
    await projector.catch_up()
    assert "Are you still there?" in [row["text"] for row in rows(engine)["messages"]]


async def test_feedback_that_comes_during_the_sweep_keeps_the_conversation(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from bot.record import retention

    await story.patient()
    await story.bot(RasaReply(custom={"kind": "answer", "answer": ANSWER}))
    look = retention._state_if_projected

    async def before(*arguments):  # type: ignore[no-untyped-def]
        await story.judge(False)
        return await look(*arguments)

    async def after(*arguments):  # type: ignore[no-untyped-def]
        seen = await look(*arguments)
        await story.judge(True)
        return seen

    for when, helpful in ((before, False), (after, True)):
        monkeypatch.setattr(retention, "_state_if_projected", when)
        await sweep(redis, engine, projector, settings, now_ms() + 15 * DAY)
        assert await live_conversations(redis) == [story.id]
        await projector.catch_up()
        assert [row["helpful"] for row in rows(engine)["feedback"]] == [helpful]


async def test_what_only_the_record_has_outlives_a_rebuild(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings
) -> None:
    await story.whole()
    await sweep(redis, engine, projector, settings, now_ms() + 15 * DAY)
    other = await Story.begin(redis)
    await other.whole()
    await projector.catch_up()
    before = rows(engine, without=("position", "audit"))
    assert await rebuild(redis, engine, "test") == 1
    assert rows(engine, without=("position", "audit")) == before
    assert len(before["conversations"]) == 2


async def test_it_sweeps_once_a_day(
    story: Story, redis: Client, engine: Engine, projector: Projector, settings: RecordSettings
) -> None:
    now = now_ms() + 15 * DAY
    await sweep_if_due(redis, engine, projector, settings, now)
    assert await live_conversations(redis) == []
    again = await Story.begin(redis)
    await sweep_if_due(redis, engine, projector, settings, now + DAY - 1)
    assert await live_conversations(redis) == [again.id]
    await sweep_if_due(redis, engine, projector, settings, now + DAY)
    assert await live_conversations(redis) == []


async def test_the_audit_leaves_the_live_store_once_it_is_recorded(
    redis: Client, engine: Engine, projector: Projector, settings: RecordSettings
) -> None:
    await note(redis, "ada", "log_in")
    await sweep(redis, engine, projector, settings, now_ms() + 15 * DAY)
    assert await redis.xlen(AUDIT) == 0
    assert [row["action"] for row in rows(engine)["audit"]] == ["log_in"]
