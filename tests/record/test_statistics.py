"""Counts and waiting times; words found again."""

from __future__ import annotations

from datetime import UTC

import pytest
from sqlalchemy import Engine

from bot.conversation.connection import Client
from bot.conversation.rasa import RasaReply
from bot.conversation.store import now_ms
from bot.record.outcomes import handoff_rows
from bot.record.projector import Projector
from bot.record.search import search
from bot.record.statistics import Waiting, compute, waiting
from bot.record.statistics_table import table
from tests.record.story import Story


async def test_what_happened_is_counted(redis: Client, projector: Projector, engine: Engine) -> None:
    first, second = await Story.begin(redis), await Story.begin(redis)
    await first.whole()
    await second.patient("hello")
    await second.bot(RasaReply("Hello."))
    await second.wait_for_nurse()
    await projector.catch_up()
    counted = compute(engine, 0, now_ms() + 1, UTC)
    assert (counted["conversations"], counted["messages"]) == (2, 6)
    assert counted["acuity"]["emergency"] == 1
    assert counted["outcomes"] == {"replied": 2, "answered": 1, "unsent": 1, "advised": 1, "no_reply": 1}
    handoffs = counted["handoffs"]
    assert (handoffs["count"], handoffs["reasons"]) == (2, {"screen": 1, "asked": 1})
    assert handoffs["endings"] == {"closed": 1, "waiting": 1}
    assert (handoffs["waiting"]["emergency"].count, handoffs["waiting"]["routine"].count) == (1, 0)
    (day,) = counted["days"]
    assert (day["conversations"], day["messages"], day["emergencies"], day["handoffs"]) == (2, 6, 1, 2)
    text = "\n".join(table(counted))
    assert "2 conversations, 6 messages" in text
    assert "Quillfeather" not in text


async def test_what_lies_outside_the_days_is_not_counted(story: Story, projector: Projector, engine: Engine) -> None:
    await story.whole()
    await projector.catch_up()
    counted = compute(engine, now_ms() + 1, now_ms() + 1000, UTC)
    assert (counted["conversations"], counted["messages"], counted["days"]) == (0, 0, [])


def test_median_and_ninetieth_percentile_are_of_what_has_ended() -> None:
    assert waiting([None]) == Waiting(0, None, None)
    assert waiting([2000]) == Waiting(1, 2.0, 2.0)
    assert waiting([*range(1000, 11_001, 1000), None]) == Waiting(11, 6.0, 10.0)


def test_who_leaves_the_queue_has_waited_until_then() -> None:
    change = {"epoch": 1, "acuity": "routine", "reason": "asked", "nurse": None}
    queued = {**change, "at": 1000, "before": "bot", "after": "queue"}
    left = {**change, "epoch": 2, "at": 61_000, "before": "queue", "after": "bot"}
    (handoff,) = handoff_rows("c", [queued, left])
    assert (handoff["waited"], handoff["ending"], handoff["nurse"]) == (60_000, "left_queue", None)


@pytest.mark.parametrize("words", ["CAMOMILE", "camomile any good", "谢谢"])
async def test_messages_are_found_by_their_words(
    story: Story, projector: Projector, engine: Engine, words: str
) -> None:
    await story.whole()
    await projector.catch_up()
    assert {found.conversation for found in search(engine, words)} == {story.id}


async def test_a_percent_sign_is_a_percent_sign(story: Story, projector: Projector, engine: Engine) -> None:
    await story.patient("it hurts 50% of the time")
    await projector.catch_up()
    assert len(search(engine, "50%")) == 1
    assert search(engine, "h%s") == []
