"""What was asked and not covered is counted by language and nearest topic, without a word of it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from bot.commands.knowledge import knowledge_app
from bot.conversation.connection import Client
from bot.conversation.rasa import RasaReply
from bot.conversation.store import now_ms
from bot.record.gaps import Gap, find_gaps
from bot.record.projector import Projector
from bot.record.settings import RecordSettings
from tests.record.story import ANSWER, Story


def uncovered(*near: str) -> RasaReply:
    answer = {**ANSWER, "outcome": "not_covered", "citations": [], "sentences": [], "near": list(near)}
    return RasaReply(custom={"kind": "answer", "answer": answer})


async def asked(story: Story, reply: RasaReply) -> None:
    await story.patient()
    await story.bot(reply)


async def test_gaps_are_counted_by_nearest_topic(redis: Client, projector: Projector, engine: Engine) -> None:
    story = await Story.begin(redis)
    await asked(story, uncovered("gout", "arthritis"))
    await asked(story, uncovered("gout"))
    await asked(story, uncovered())
    await asked(story, RasaReply(custom={"kind": "answer", "answer": ANSWER}))
    await asked(story, RasaReply("Hello."))
    await projector.catch_up()
    found = find_gaps(engine, 0)
    assert (found.asked, found.not_covered) == (4, 3)
    assert found.near == (Gap("gout", "en", 2), Gap("-", "en", 1))
    assert find_gaps(engine, now_ms() + 1).asked == 0


@pytest.mark.parametrize("record_url", [None])
async def test_the_command_shows_figures_and_no_text(
    redis: Client, projector: Projector, settings: RecordSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = await Story.begin(redis)
    await asked(story, uncovered("gout"))
    await projector.catch_up()
    monkeypatch.setenv("CARELINE_STATE", str(settings.careline_state))
    shown = CliRunner().invoke(knowledge_app, ["gaps"]).output
    assert "1 of 1 health questions were not covered." in shown
    assert "1  en        gout" in shown
    assert "Quillfeather" not in shown
    as_json = json.loads(CliRunner().invoke(knowledge_app, ["gaps", "--json"]).output)
    assert as_json["near"] == [{"topic": "gout", "lang": "en", "count": 1}]
