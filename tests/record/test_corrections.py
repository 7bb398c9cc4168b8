"""What is said of answers is recorded, counted without text, and written as labelled examples for whoever asks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from bot.commands.evaluate_answers import load
from bot.commands.knowledge import knowledge_app
from bot.conversation.connection import Client
from bot.conversation.rasa import RasaReply
from bot.desk.audit import AUDIT
from bot.record.corrections import labelled_examples
from bot.record.feedback import Judged, count_feedback
from bot.record.identifiers import without_identifiers
from bot.record.projector import Projector
from bot.record.settings import RecordSettings
from tests.record.story import ANSWER, Story, rows


def answer(**fields: object) -> RasaReply:
    return RasaReply(custom={"kind": "answer", "answer": {**ANSWER, **fields}})


async def told(redis: Client, projector: Projector) -> Story:
    """One answer that helped, one that did not and was corrected, and a question that nothing covered."""
    story = await Story.begin(redis)
    await story.patient("is camomile good for a cold")
    await story.bot(answer(topic="common-cold"))
    await story.judge(True)
    await story.patient()
    await story.bot(answer(topic="tea"))
    await story.judge(False)
    await story.correct("Yes, says Dr Smith.", topic="herbs")
    await story.patient("and what of gout")
    await story.bot(answer(outcome="not_covered", near=["gout", "arthritis"]))
    await story.judge(False)
    await projector.catch_up()
    return story


async def test_feedback_is_recorded_with_the_topic_of_the_answer(
    redis: Client, projector: Projector, engine: Engine
) -> None:
    story = await told(redis, projector)
    found = [(row["topic"], row["outcome"], row["lang"], row["helpful"]) for row in rows(engine)["feedback"]]
    assert found == [
        ("common-cold", "answered", "en", True),
        ("tea", "answered", "en", False),
        ("gout", "not_covered", "en", False),
    ]
    await story.judge(True)
    await projector.catch_up()
    assert count_feedback(engine) == (
        Judged("tea", "en", 0, 1),
        Judged("common-cold", "en", 1, 0),
        Judged("gout", "en", 1, 0),
    )


async def test_the_last_correction_stands_with_who_and_when(
    redis: Client, projector: Projector, engine: Engine
) -> None:
    story = await Story.begin(redis)
    await story.patient()
    await story.bot(answer())
    await story.correct("first")
    await projector.catch_up()
    await story.correct("second", outcome="refused", nurse="bob")
    await projector.catch_up()
    (row,) = rows(engine)["corrections"]
    (mark,) = await story.conversations.marks(story.id)
    assert (row["text"], row["outcome"], row["nurse"], row["at"]) == ("second", "refused", "bob", mark.at)


async def test_a_correction_becomes_a_labelled_example_that_tells_nobody(
    redis: Client, projector: Projector, engine: Engine
) -> None:
    story = await told(redis, projector)
    (example,) = labelled_examples(engine)
    assert example == {
        "id": example["id"],
        "text": "My name is [name], is camomile any good?",
        "lang": "en",
        "expect": "answered",
        "reference": "Yes, says Dr [name].",
        "topic": "herbs",
    }
    assert story.id not in example["id"]
    assert labelled_examples(engine) == [example]


async def run(*arguments: str) -> Result:
    """The command, in a thread: it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, knowledge_app, list(arguments))


@pytest.fixture
def at_home(settings: RecordSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the record and the live store of this test."""
    monkeypatch.setenv("CARELINE_STATE", str(settings.careline_state))
    monkeypatch.setenv("REDIS_URL", settings.redis_url)


@pytest.mark.parametrize("record_url", [None])
@pytest.mark.usefixtures("at_home")
async def test_the_command_counts_without_text_and_writes_nothing(
    redis: Client, projector: Projector, tmp_path: Path
) -> None:
    await told(redis, projector)
    before = sorted(tmp_path.rglob("*"))
    shown = CliRunner().invoke(knowledge_app, ["corrections"]).output
    assert "Answers found helpful: 1, not helpful: 2, corrected by nurses: 1." in shown
    assert "      0        1  en        tea" in shown
    assert "camomile" not in shown
    assert "Smith" not in shown
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before] == []
    assert await redis.xlen(AUDIT) == 0


@pytest.mark.parametrize("record_url", [None])
@pytest.mark.usefixtures("at_home")
async def test_the_file_is_what_evaluation_reads_and_its_writing_is_audited(
    redis: Client, projector: Projector, tmp_path: Path
) -> None:
    await told(redis, projector)
    out = tmp_path / "corrections.jsonl"
    result = await run("corrections", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "camomile" not in result.output
    (labelled,) = load(out)
    assert (labelled.question.text, labelled.expect) == ("My name is [name], is camomile any good?", ("answered",))
    assert json.loads(out.read_text("utf-8"))["reference"] == "Yes, says Dr [name]."
    assert out.stat().st_mode & 0o077 == 0
    ((_id, line),) = await redis.xrange(AUDIT)
    assert (line["action"], line["detail"]) == ("corrections", "examples 1")
    assert (await run("corrections", "--out", str(out))).exit_code == 1, "it overwrites nothing"


@pytest.mark.parametrize("record_url", [None])
@pytest.mark.usefixtures("at_home")
async def test_without_the_audit_nothing_is_written(
    redis: Client, projector: Projector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(redis, projector)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    out = tmp_path / "corrections.jsonl"
    assert (await run("corrections", "--out", str(out))).exit_code == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my daughter's name is anna and she is hot", "my daughter's name is [name] and she is hot"),
        ("I'm called Jo Smith, what can I take", "I'm called [name], what can I take"),
        ("ring +44 (0)7700 900123 or jo.x@mail.example.org", "ring [number] or [e-mail]"),
        ("NHS 943 476 5919, born 12/03/1980, SW1A 1AA", "NHS [number], born [date], [postcode]"),
        ("我叫张三，电话13800138000，1980年3月12日出生", "我叫[name]，电话[number]，[date]出生"),
        ("身份证11010119900307123X", "身份证[number]"),
        ("H1234567 see www.me.example/x", "[number] see [web address]"),
    ],
)
def test_what_tells_who_somebody_is_is_blanked(said: str, kept: str) -> None:
    assert without_identifiers(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "38.5, 39.1 and 38.7 since Monday, 120/80, 500 mg every 4-6 hours, vitamin d3 5mg, 1000000iu",
        "the dr told me of a rash called shingles; my mother is 82",
        "血压120/80，体温38.5，吃了布洛芬400毫克",
    ],
)
def test_what_a_question_needs_stays(said: str) -> None:
    assert without_identifiers(said) == said
