"""The chat server on a real Redis, with a dialogue manager that does what the test wants."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.server import build_app
from bot.settings import Settings

Frame = dict[str, Any]


@dataclass
class Dialogue:
    """Stands where Rasa stands, so that a test can make it slow, silent or wrong. `asked` holds what it was sent."""

    url: str = ""
    asked: list[Frame] = field(default_factory=list)
    replies: list[Frame] = field(default_factory=lambda: [{"text": "Hello, I am here."}])
    status: int = 200
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        await self.gate.wait()
        return web.json_response(self.replies, status=self.status)


@pytest.fixture
async def dialogue() -> AsyncIterator[Dialogue]:
    """A dialogue manager that answers at once; clear `gate` to make it wait."""
    dialogue = Dialogue()
    dialogue.gate.set()
    app = web.Application()
    app.router.add_post("/webhooks/careline/webhook", dialogue.answer)
    async with TestServer(app) as server:
        dialogue.url = str(server.make_url(""))
        yield dialogue
        dialogue.gate.set()


@pytest.fixture
def settings(redis_url: str, dialogue: Dialogue) -> Settings:
    return Settings(
        redis_url=redis_url,
        rasa_url=dialogue.url,
        careline_region="GB",
        classify_url="",
        words_reader=None,
        rasa_patience=1.5,
        rasa_timeout=3,
        turn_lease=1,
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(build_app(settings))) as client:
        yield client


class Patient:
    """A widget without a page: says things and collects what comes."""

    def __init__(self, client: TestClient[Any, Any], socket: ClientWebSocketResponse, keys: dict[str, str]) -> None:
        self.client = client
        self.socket = socket
        self.keys = keys
        self.frames: list[Frame] = []

    @property
    def conversation(self) -> str:
        return self.keys["conversation"]

    @property
    def entries(self) -> list[Frame]:
        return [frame["entry"] for frame in self.frames if frame["type"] == "entry"]

    async def say(self, text: str, client_id: str | None = None, **rest: object) -> str:
        client_id = client_id or uuid.uuid4().hex
        await self.socket.send_json({"type": "say", "id": client_id, "text": text, **rest})
        return client_id

    async def until(self, wanted: Callable[[Frame], bool], within: float = 5.0) -> Frame:
        """Read frames until one fits, and return it."""
        async with asyncio.timeout(within):
            while True:
                frame: Frame = await self.socket.receive_json()
                self.frames.append(frame)
                if wanted(frame):
                    return frame

    async def until_entry(self, **fields: object) -> Frame:
        frame = await self.until(
            lambda f: f["type"] == "entry" and all(f["entry"].get(name) == value for name, value in fields.items())
        )
        entry: Frame = frame["entry"]
        return entry

    async def quiet(self, seconds: float = 0.3) -> list[Frame]:
        """What still comes within a moment."""
        rest: list[Frame] = []
        with contextlib.suppress(TimeoutError):
            await self.until(lambda frame: bool(rest.append(frame)), within=seconds)
        return rest


Connect = Callable[..., Awaitable[Patient]]


@pytest.fixture
async def connect_patient(client: TestClient[Any, Any]) -> AsyncIterator[Connect]:
    sockets: list[ClientWebSocketResponse] = []

    async def connect(keys: dict[str, str] | None = None, since: str | None = None, lang: str = "en") -> Patient:
        if keys is None:
            response = await client.post("/api/conversations", json={"lang": lang})
            keys = await response.json()
        socket = await client.ws_connect("/api/patient/socket")
        sockets.append(socket)
        await socket.send_json({"type": "hello", **keys, "since": since})
        patient = Patient(client, socket, keys)
        await patient.until(lambda frame: frame["type"] == "state")
        return patient

    yield connect
    for socket in sockets:
        await socket.close()


@pytest.fixture
async def patient(connect_patient: Connect) -> Patient:
    return await connect_patient()
