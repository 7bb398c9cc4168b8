"""Fixtures of the answer pipeline: the real pages and policy, and a server of the OpenAI shape that can go wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from actions.answering.assemble import Assembled, assemble
from actions.settings import Settings

HERE = Path(__file__).parent
Behave = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


@dataclass
class BadServer:
    """Answers `/v1/chat/completions` as `behave` does: slow, garbage, cut off ..."""

    url: str = ""
    behave: Behave | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed_early: asyncio.Event = field(default_factory=asyncio.Event)


def event(text: str, finish: str | None = None) -> bytes:
    """One event of a streamed reply."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


def says(*pieces: str, pause: float = 0.0, done: bool = True) -> Behave:
    """A reply in pieces; without `done` the connection just ends."""

    async def behave(_: web.Request, reply: web.StreamResponse) -> None:
        for piece in pieces:
            await reply.write(event(piece))
            await asyncio.sleep(pause)
        if done:
            await reply.write(event("", "stop") + b"data: [DONE]\n\n")

    return behave


@pytest.fixture
async def server() -> AsyncIterator[BadServer]:
    """A local server whose behaviour the test sets."""
    bad = BadServer()

    async def complete(request: web.Request) -> web.StreamResponse:
        bad.requests.append(await request.json())
        bad.asked.set()
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        assert bad.behave is not None
        try:
            await bad.behave(request, reply)
        except (ConnectionError, asyncio.CancelledError):
            bad.closed_early.set()
            raise
        return reply

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bad.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield bad
    await runner.cleanup()


def settings(folder: Path, **changed: Any) -> Settings:
    """Settings without any server but those named."""
    base = Settings(CARELINE_STATE=folder, GENERATOR_URL="", EMBEDDINGS_URL="", REDIS_URL="", CARELINE_REGION=None)
    return base.model_copy(update=changed)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Assembled]:
    """The pipeline over the real pages, with no server at all."""
    found = assemble(settings(tmp_path))
    yield found
    await found.http.close()


@pytest.fixture
async def with_generator(tmp_path: Path, server: BadServer) -> AsyncIterator[Assembled]:
    """The pipeline over the real pages, with the server above as its generator and shorter limits."""
    limits = {"first_sentence_limit": 1.0, "generation_limit": 1.5}
    found = assemble(settings(tmp_path, generator_url=server.url, **limits))
    yield found
    await found.http.close()
