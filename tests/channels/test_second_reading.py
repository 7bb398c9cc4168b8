"""The second reader beside a conversation: what it raises is carried out, and whatever it does nothing gets calmer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.conversation import ownership
from bot.conversation.store import Change
from bot.server import _CONVERSATIONS, build_app
from bot.settings import Settings
from tests.channels.conftest import Dialogue, Patient

WORDS = "the fellow next door went all quiet on me"
SURE, CALM = [0.97, 0.01, 0.01, 0.01], [0.0, 0.01, 0.02, 0.97]


@dataclass
class ReaderServer:
    """Stands where the model server stands, so that a test can make it slow, wrong or sure of something."""

    url: str = ""
    said: Any = field(default_factory=lambda: {"data": [{"probs": CALM}]})
    status: int = 200
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def classify(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        await self.gate.wait()
        return web.json_response(self.said, status=self.status)

    async def complete(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return web.json_response({"choices": [{"message": {"content": self.said}}]}, status=self.status)


@pytest.fixture
async def reader() -> AsyncIterator[ReaderServer]:
    reader = ReaderServer()
    reader.gate.set()
    app = web.Application()
    app.router.add_post("/classify", reader.classify)
    app.router.add_post("/v1/chat/completions", reader.complete)
    async with TestServer(app) as server:
        reader.url = str(server.make_url("")).rstrip("/")
        yield reader
        reader.gate.set()


@pytest.fixture
def settings(settings: Settings, reader: ReaderServer) -> Settings:
    return settings.model_copy(update={"classify_url": reader.url, "readers_patience": 0.4})


async def test_what_the_reader_raises_gets_advice_and_the_queue_and_no_answer_of_the_bot(
    reader: ReaderServer, patient: Patient, dialogue: Dialogue
) -> None:
    reader.said = {"data": [{"probs": SURE}]}
    await patient.say(WORDS)
    advice = await patient.until_entry(kind="advice")
    assert "999" in advice["text"]
    await patient.until_entry(notice="queued_emergency")
    assert [frame for frame in await patient.quiet() if frame["type"] != "state"] == []
    assert dialogue.asked == []


async def test_a_calm_reader_leaves_the_answer_to_the_bot(reader: ReaderServer, patient: Patient) -> None:
    await patient.say(WORDS)
    await patient.until_entry(text="Hello, I am here.")
    assert reader.asked[0]["input"] == WORDS


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, {"error": "no"}),
        (200, {"data": []}),
        (200, {"data": [{"probs": [0.5]}]}),
        (200, ["nonsense"]),
        (200, {"data": [{"probs": "high"}]}),
    ],
)
async def test_a_reader_that_cannot_be_read_stops_nothing(
    reader: ReaderServer, patient: Patient, status: int, said: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reader.status, reader.said = status, said
    await patient.say(WORDS)
    await patient.until_entry(text="Hello, I am here.")
    assert "reader classifier" in caplog.text
    assert WORDS not in caplog.text


async def test_a_reader_that_is_late_still_takes_the_conversation_from_the_bot(
    reader: ReaderServer, client: TestClient[Any, Any], patient: Patient, dialogue: Dialogue
) -> None:
    reader.gate.clear()
    reader.said = {"data": [{"probs": SURE}]}
    dialogue.gate.clear()
    await patient.say(WORDS)
    await patient.until(lambda frame: frame["type"] == "working")
    reader.gate.set()
    await patient.until_entry(kind="advice")
    dialogue.gate.set()  # the bot's answer comes too late: it is recorded and not sent
    late = [frame["entry"] for frame in await patient.quiet() if frame["type"] == "entry"]
    assert [entry for entry in late if entry["from"] == "bot"] == []
    assert [entry.text for entry in await client.app[_CONVERSATIONS].unsent(patient.conversation)] == [
        "Hello, I am here."
    ]


async def test_what_is_written_to_a_nurse_is_read_as_well_and_alerts_her(
    reader: ReaderServer, client: TestClient[Any, Any], patient: Patient
) -> None:
    conversations = client.app[_CONVERSATIONS]

    def take_over(state):  # type: ignore[no-untyped-def]
        queued = ownership.request_nurse(state, reason="asked", acuity="routine", now=1)
        return Change(state=ownership.claim(queued, nurse="ada", nurse_name="Ada"))

    await conversations.change(patient.conversation, take_over)
    reader.said = {"data": [{"probs": SURE}]}
    await patient.say(WORDS)
    async with asyncio.timeout(5):
        while (state := await conversations.state(patient.conversation)).acuity != "emergency":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert state.owner == "nurse"


async def test_without_any_reader_the_bot_answers(settings: Settings) -> None:
    alone = settings.model_copy(update={"classify_url": "http://127.0.0.1:9"})
    async with TestClient(TestServer(build_app(alone))) as client:
        keys = await (await client.post("/api/conversations", json={"lang": "en"})).json()
        async with client.ws_connect("/api/patient/socket") as socket:
            await socket.send_json({"type": "hello", **keys, "since": None})
            patient = Patient(client, socket, keys)
            await patient.say(WORDS)
            await patient.until_entry(text="Hello, I am here.")


CRITERIA = (
    '{"life_at_risk_now": %s, "overdose_or_poison": false, "harm_to_self_or_others_now": false, '
    '"seen_today": false, "looked_at_soon": false}'
)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (CRITERIA % "true", "advice"),
        (CRITERIA % "false", "text"),
        (CRITERIA % '"yes"', "text"),
        ('{"life_at_risk_now": true}', "text"),
        ("I think this is fine.", "text"),
    ],
)
async def test_a_large_model_is_heard_only_with_an_answer_to_every_criterion(
    settings: Settings, reader: ReaderServer, said: str, kind: str
) -> None:
    reader.said = said
    update = {"classify_url": "", "reader_url": f"{reader.url}/v1", "reader_model": "large"}
    async with TestClient(TestServer(build_app(settings.model_copy(update=update)))) as client:
        keys = await (await client.post("/api/conversations", json={"lang": "en"})).json()
        async with client.ws_connect("/api/patient/socket") as socket:
            await socket.send_json({"type": "hello", **keys, "since": None})
            patient = Patient(client, socket, keys)
            await patient.say(WORDS)
            await patient.until_entry(**{"from": "bot", "kind": kind})
    assert reader.asked[0]["messages"][1]["content"] == WORDS
