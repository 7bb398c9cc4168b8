"""The record follows the live store, whatever is away meanwhile, and can be made anew from it."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, update
from sqlalchemy.exc import OperationalError

from bot.conversation import ownership
from bot.conversation.connection import Client
from bot.conversation.rasa import RasaReply
from bot.conversation.store import FEED, key_of
from bot.desk.audit import record as note
from bot.record import projection, tables
from bot.record.database import migrate, open_database, writing
from bot.record.projector import Projector
from bot.record.settings import RecordSettings
from tests.record.story import PATIENT_TEXT, Story, rows


async def test_what_the_readers_raised_stands_beside_what_the_screen_said(
    story: Story, projector: Projector, engine: Engine
) -> None:
    await story.patient("the fellow next door went quiet")
    await story.readers_raise()
    await projector.catch_up()
    found = {str(row["entry"]): (row["acuity"], row["at"]) for row in rows(engine)["verdicts"]}
    at = int(story.turn.split("-")[0])
    assert found == {story.turn: ("self_care", at), f"{story.turn}/readers/emergency": ("emergency", at)}


async def test_a_conversation_is_recorded_with_all_that_came_of_it(
    story: Story, projector: Projector, engine: Engine
) -> None:
    await story.whole()
    await projector.catch_up()
    found = rows(engine)
    (conversation,) = found["conversations"]
    assert (conversation["owner"], conversation["pending"], conversation["live"]) == ("bot", 0, True)
    assert [row["text"] for row in found["messages"] if row["sender"] == "patient"][:2] == [
        PATIENT_TEXT,
        "And what helps against a cough?",
    ]
    (late,) = (row for row in found["messages"] if not row["sent"])
    assert (late["entry"], late["text"]) == ("unsent-0", "Camomile is pleasant.")
    assert [row["outcome"] for row in found["outcomes"]] == ["answered", "unsent", "advised", "no_reply", "replied"]
    assert "emergency" in [row["acuity"] for row in found["verdicts"]]
    assert [(row["before"], row["after"]) for row in found["ownership"]] == [
        ("bot", "queue"),
        ("queue", "nurse"),
        ("nurse", "closed"),
        ("closed", "bot"),
    ]
    (handoff,) = found["handoffs"]
    assert (handoff["acuity"], handoff["nurse"], handoff["ending"]) == ("emergency", "ada", "closed")
    assert handoff["waited"] == handoff["claimed"] - handoff["at"]  # type: ignore[operator]
    (handed,) = found["notes"]
    assert "crushing chest pain" in str(handed["text"])


async def test_a_record_that_grew_step_by_step_equals_one_made_from_nothing(
    redis: Client, engine: Engine, settings: RecordSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    grown = Projector(redis, engine)
    first, second, third = [await Story.begin(redis, lang) for lang in ("en", "zh", "en")]
    for step in (
        first.patient, first.bot, second.wait_for_nurse, second.claim, first.patient, second.nurse, third.whole,
        first.bot, second.hand_back, second.patient,
    ):  # fmt: skip
        await step()
        await grown.catch_up()
    await note(redis, "ada", "open", first.id)
    await grown.catch_up()
    assert await redis.xlen(FEED) == 0

    fresh = open_database(
        settings.model_copy(update={"record_url": None, "careline_state": tmp_path_factory.mktemp("fresh")})
    )
    migrate(fresh)
    await Projector(redis, fresh).catch_up()
    assert rows(fresh) == rows(engine)
    fresh.dispose()


async def test_projecting_again_changes_nothing(story: Story, projector: Projector, engine: Engine) -> None:
    await story.whole()
    await projector.catch_up()
    before = rows(engine)
    await projector.refresh([story.id])
    await projector.catch_up()
    assert rows(engine) == before


async def test_the_feed_is_trimmed_only_once_it_is_projected(
    story: Story, redis: Client, projector: Projector, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.patient()
    fed = await redis.xlen(FEED)

    def away(*_arguments: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr("bot.record.projector.project", away)
        with pytest.raises(OperationalError):
            await projector.catch_up()
    assert await redis.xlen(FEED) == fed
    assert rows(engine)["messages"] == []
    await projector.catch_up()
    assert await redis.xlen(FEED) == 0
    assert len(rows(engine)["messages"]) == 1


async def test_a_record_restored_from_an_older_copy_catches_up_though_the_feed_is_trimmed(
    story: Story, projector: Projector, engine: Engine
) -> None:
    await story.patient()
    await projector.catch_up()
    with writing(engine) as connection:  # what a copy of before would say
        projection.remove(connection, [story.id])
        connection.execute(update(tables.position).values(feed="1-0"))
    await story.bot()
    await projector.catch_up()
    assert [row["sender"] for row in rows(engine)["messages"]] == ["patient", "bot"]


async def test_two_projectors_at_once_do_no_harm(redis: Client, engine: Engine) -> None:
    one, other = Projector(redis, engine), Projector(redis, engine)
    stories = [await Story.begin(redis) for _ in range(4)]

    async def follow(projector: Projector) -> None:
        for _ in range(30):
            await projector.catch_up()
            await asyncio.sleep(0)

    await asyncio.gather(follow(one), follow(other), *(story.whole() for story in stories))
    await one.catch_up()
    grown = rows(engine)
    await one.refresh([story.id for story in stories])
    assert rows(engine) == grown
    assert len(grown["conversations"]) == 4


async def test_one_conversation_that_cannot_be_read_does_not_hold_up_the_others(
    story: Story, redis: Client, projector: Projector, engine: Engine
) -> None:
    bad = await Story.begin(redis)
    await bad.patient()
    broken = await redis.xadd(key_of(bad.id, "log"), {"e": "{not json"})
    await story.patient()
    await projector.catch_up()
    found = rows(engine)
    assert {row["conversation"] for row in found["messages"]} == {story.id}
    assert [row["conversation"] for row in found["failed"]] == [bad.id]

    await redis.xdel(key_of(bad.id, "log"), broken)
    await Projector(redis, engine).catch_up()  # as after a restart
    found = rows(engine)
    assert {row["conversation"] for row in found["messages"]} == {story.id, bad.id}
    assert len([row for row in found["verdicts"] if row["conversation"] == bad.id]) == 1
    assert found["failed"] == []


async def test_a_transfer_counts_as_two_times_in_the_queue(story: Story, projector: Projector, engine: Engine) -> None:
    await story.wait_for_nurse()
    await story.claim()
    await story.own(lambda now: ownership.lose_nurse(now, nurse="ada", now=1))
    await story.claim("bob")
    await projector.catch_up()
    first, second = rows(engine)["handoffs"]
    assert (first["nurse"], first["ending"]) == ("ada", "requeued")
    assert (second["nurse"], second["ending"], second["ended"]) == ("bob", None, None)


async def test_the_desks_audit_is_recorded_with_ids_only(redis: Client, projector: Projector, engine: Engine) -> None:
    await note(redis, "ada", "log_in")
    await note(redis, "ada", "open", "c1")
    await projector.catch_up()
    await projector.catch_up()
    assert [(row["who"], row["action"], row["conversation"]) for row in rows(engine)["audit"]] == [
        ("ada", "log_in", ""),
        ("ada", "open", "c1"),
    ]


async def test_an_unanswerable_question_is_told_apart(story: Story, projector: Projector, engine: Engine) -> None:
    await story.patient()
    await story.bot(RasaReply(custom={"kind": "handoff", "reason": "not_covered"}))
    await projector.catch_up()
    assert [row["outcome"] for row in rows(engine)["outcomes"]] == ["handed_over"]


def test_the_migrations_make_what_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_migrations_can_run_twice(engine: Engine) -> None:
    migrate(engine)


@pytest.mark.parametrize("record_url", ["sqlite"], indirect=True)
def test_the_file_is_its_owners_alone(engine: Engine, settings: RecordSettings) -> None:
    assert settings.file.stat().st_mode & 0o077 == 0
    assert settings.file.parent.stat().st_mode & 0o077 == 0


def test_what_the_record_has_forgotten_must_not_come_back_from_the_live_store() -> None:
    with pytest.raises(ValueError, match="RECORD_LIVE_DAYS"):
        RecordSettings(record_live_days=40, record_messages_days=39)


def test_a_wrong_address_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="postgresql://") as refusal:
        RecordSettings(record_url="mysql://user:secret@host/name")
    assert "secret" not in str(refusal.value)
