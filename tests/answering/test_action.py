"""The custom action: what it hands to Rasa, and what it publishes ahead."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_health_question import ActionAnswerHealthQuestion
from tests.answering.conftest import settings

CALM = {"acuity": "self_care", "advice": None, "lang": "en"}


def tracker(text: str, metadata: dict[str, Any]) -> Tracker:
    message = {"text": text, "metadata": metadata, "intent": {"name": "ask_health_question"}, "entities": []}
    return Tracker("s", {}, message, [], False, None, {}, "action_listen")


async def said(action: ActionAnswerHealthQuestion, text: str, **metadata: Any) -> dict[str, Any]:
    """The one message that the action utters."""
    dispatcher = CollectingDispatcher()
    assert await action.run(dispatcher, tracker(text, metadata), {}) == []
    assert len(dispatcher.messages) == 1
    message: dict[str, Any] = dispatcher.messages[0]
    return message


@pytest.fixture
def action(tmp_path: Path) -> ActionAnswerHealthQuestion:
    return ActionAnswerHealthQuestion(settings(tmp_path))


async def test_an_answer_goes_to_rasa_as_the_protocol_has_it(action: ActionAnswerHealthQuestion) -> None:
    message = await said(action, "How long does a cold last?", lang="en", verdict=CALM)
    assert message["custom"]["kind"] == "answer"
    answer = message["custom"]["answer"]
    assert answer.keys() == {"outcome", "answer", "sentences", "citations", "acuity", "help", "topic"}
    assert answer["topic"] == "common-cold"
    assert answer["outcome"] == "answered"
    assert message["buttons"] == []


@pytest.mark.parametrize(
    ("text", "lang", "outcome", "button"),
    [
        ("what are the symptoms of lupus", "en", "not_covered", "Talk to a nurse"),
        ("给我开点头孢", "zh", "refused", "找护士"),
    ],
)
async def test_what_is_not_answered_offers_a_nurse(
    action: ActionAnswerHealthQuestion, text: str, lang: str, outcome: str, button: str
) -> None:
    message = await said(action, text, lang=lang, verdict=CALM)
    assert message["custom"]["answer"]["outcome"] == outcome
    assert message["buttons"] == [{"title": button, "payload": "/ask_human"}]


async def test_an_urgent_verdict_is_handed_over(action: ActionAnswerHealthQuestion) -> None:
    verdict = {"acuity": "urgent", "advice": "See someone today.", "lang": "en"}
    message = await said(action, "what helps a cold", lang="en", verdict=verdict)
    assert message["custom"] == {"kind": "handoff", "reason": "screen", "acuity": "urgent"}
    assert message["text"] == "See someone today."


async def test_without_metadata_the_message_is_screened_here(action: ActionAnswerHealthQuestion) -> None:
    message = await said(action, "I have crushing chest pain and my left arm is numb")
    assert message["custom"]["kind"] == "handoff"
    assert message["custom"]["acuity"] == "emergency"


async def test_sentences_are_published_ahead(tmp_path: Path, redis_url: str) -> None:
    action = ActionAnswerHealthQuestion(settings(tmp_path, redis_url=redis_url))
    async with redis.asyncio.Redis.from_url(redis_url) as client, client.pubsub() as listener:
        await listener.subscribe("careline:partial:c1")
        await listener.get_message(timeout=2)
        message = await said(
            action, "How long does a cold last?", conversation="c1", turn="7-0", epoch=3, lang="en", verdict=CALM
        )
        answer = message["custom"]["answer"]
        for seq, sentence in enumerate(answer["sentences"], 1):
            heard = await listener.get_message(ignore_subscribe_messages=True, timeout=2)
            assert heard is not None
            partial = json.loads(heard["data"])
            assert (partial["turn"], partial["epoch"], partial["seq"]) == ("7-0", 3, seq)
            assert partial["sentence"] == sentence
            assert partial["citations"][0] == answer["citations"][0]
    await action.close()


async def test_a_store_that_is_away_costs_no_answer(tmp_path: Path) -> None:
    action = ActionAnswerHealthQuestion(settings(tmp_path, redis_url="redis://127.0.0.1:1/0"))
    message = await asyncio.wait_for(
        said(action, "How long does a cold last?", conversation="c", turn="1-0", epoch=1, lang="en", verdict=CALM), 3
    )
    assert message["custom"]["answer"]["outcome"] == "answered"
    await action.close()


async def test_nothing_a_patient_says_is_logged(
    action: ActionAnswerHealthQuestion, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await said(action, "How long does a zebracold last?", conversation="c", turn="1-0", lang="en", verdict=CALM)
        await said(action, "my zebrasecret is what", conversation="c", turn="1-0", lang="en", verdict=CALM)
    assert "zebra" not in caplog.text
