"""A machine's prose is shown only as far as it keeps to the facts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.handoff.faithful import sentences, supported
from bot.handoff.sbar import Note
from bot.handoff.summary import Summariser

NOTE = Note(
    (
        ("Waits for a nurse: the screen saw warning signs.", "Acuity: emergency.", "Since 2026-11-25 14:05."),
        ("Writes in English by web.", "Person: Pregnant (“I'm 30 weeks pregnant”)."),
        (
            "Rule: Possible heart attack.",
            "Present: Chest pain (“crushing chest pain”).",
            "Present: Numb arm (“my left arm is numb”).",
            "Denied: Fever (“no fever”).",
        ),
        ("Look now.", "Open question: “can I drive to hospital”"),
    )
)
FACTS = [line for lines in NOTE.lines for line in lines]


@pytest.mark.parametrize(
    "sentence",
    [
        "The patient is 30 weeks pregnant and has crushing chest pain.",
        "She has no fever.",
        "The patient denies fever.",
        "Her left arm is numb.",
        "Acuity is emergency since 14:05.",
    ],
)
def test_what_the_facts_say_is_shown(sentence: str) -> None:
    assert supported(sentence, FACTS)


@pytest.mark.parametrize(
    "sentence",
    [
        "The patient has fever.",
        "The patient has no chest pain.",
        "The patient is 31 weeks pregnant.",
        "Her right arm is numb.",
        "She took aspirin.",
        "She has crushing chest pain and fever.",
        "The patient is not pregnant.",
        "This is a pulmonary embolism.",
        "",
        "The patient is.",
    ],
)
def test_what_they_do_not_say_or_deny_is_dropped(sentence: str) -> None:
    assert not supported(sentence, FACTS)


CHINESE = ["有：胸痛（“胸口压着疼”）。", "否认：发热（“没有发烧”）。", "规则：可能的心肌梗死。"]


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("患者有胸痛。", True),
        ("患者否认发热。", True),
        ("患者有发热。", False),
        ("患者无胸痛。", False),
        ("患者有头痛。", False),
    ],
)
def test_chinese_sentences(sentence: str, holds: bool) -> None:
    assert supported(sentence, CHINESE) is holds


def test_sentences_are_told_apart() -> None:
    assert sentences("One. Two!\nThree？四。五") == ["One.", "Two!", "Three？", "四。", "五"]


@dataclass
class Model:
    """Stands where a large model stands. `asked` holds what it was sent."""

    says: Any = ""
    status: int = 200
    wait: float = 0
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({**(await request.json()), "key": request.headers.get("Authorization")})
        await asyncio.sleep(self.wait)
        body = {"choices": [{"message": {"content": self.says}}]} if isinstance(self.says, str) else self.says
        return web.json_response(body, status=self.status)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    model = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.answer)
    async with TestServer(app) as server:
        model.url = str(server.make_url("/v1"))
        yield model


@pytest.fixture
async def summariser(model: Model) -> AsyncIterator[Summariser]:
    async with aiohttp.ClientSession() as session:
        yield Summariser(session, model.url, "large", "a key", 0.5)


async def test_a_model_that_keeps_to_the_facts_is_shown_whole(model: Model, summariser: Summariser) -> None:
    model.says = "She is 30 weeks pregnant. She has crushing chest pain."
    assert await summariser.write(NOTE, [], "en") == ["She is 30 weeks pregnant.", "She has crushing chest pain."]
    (asked,) = model.asked
    assert (asked["model"], asked["key"], asked["temperature"]) == ("large", "Bearer a key", 0)
    assert "Chest pain" in asked["messages"][1]["content"]


async def test_what_it_invents_is_left_out(model: Model, summariser: Summariser) -> None:
    model.says = "She has crushing chest pain. She has had two heart attacks. She has a fever."
    assert await summariser.write(NOTE, [], "en") == ["She has crushing chest pain."]


async def test_what_the_patient_wrote_counts_as_fact(model: Model, summariser: Summariser) -> None:
    model.says = "Her mother is asthmatic."
    assert await summariser.write(NOTE, ["my mother is asthmatic too"], "en") == ["Her mother is asthmatic."]


@pytest.mark.parametrize(
    "broken",
    [
        {"wait": 2.0},
        {"status": 500},
        {"says": {"choices": []}},
        {"says": {"choices": [{"message": {}}]}},
        {"says": "…"},
    ],
)
async def test_a_model_that_is_slow_or_broken_is_done_without(
    model: Model, summariser: Summariser, broken: dict[str, Any]
) -> None:
    for name, value in {"says": "She has crushing chest pain.", **broken}.items():
        setattr(model, name, value)
    assert await summariser.write(NOTE, [], "en") == []


async def test_a_model_that_is_away_is_done_without() -> None:
    async with aiohttp.ClientSession() as session:
        assert await Summariser(session, "http://127.0.0.1:1/v1", "m", "", 0.5).write(NOTE, [], "en") == []
