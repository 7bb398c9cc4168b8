"""The real model server on the real weights, in this process, started once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from models.loading import SHELF, Models, Shelf, environment
from models.server import build_app
from models.settings import Settings
from models.weights import prepare

# Read by the libraries when they are imported, which the test modules do.
environment(Settings())


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Default settings, their weights prepared in this checkout's own state folder."""
    found = Settings(port=0)
    prepare(found, lambda line: None)
    return found


@dataclass
class Server:
    """A running model server."""

    address: str
    shelf: Shelf

    @property
    def models(self) -> Models:
        return self.shelf.models


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[Server]:
    """The server in a thread of its own, as `careline ask` runs it."""
    with _serving(settings) as running:
        yield running


@pytest.fixture(scope="session")
def llama_server(settings: Settings) -> Iterator[Server]:
    """The same with the generator on llama.cpp."""
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed (deploy/dev.txt)")
    with _serving(settings.model_copy(update={"generator_backend": "llama.cpp"})) as running:
        yield running


@contextmanager
def _serving(settings: Settings) -> Iterator[Server]:
    started: Future[Server] = Future()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(loop, settings, started), daemon=True)
    thread.start()
    running = started.result(60)
    deadline = time.monotonic() + 90
    while running.shelf.loaded is None and running.shelf.failed is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running.shelf.loaded, running.shelf.failed
    yield running
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    assert not thread.is_alive()


def _run(loop: asyncio.AbstractEventLoop, settings: Settings, started: Future[Server]) -> None:
    asyncio.set_event_loop(loop)
    app = build_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
    host, port = runner.addresses[0][:2]
    started.set_result(Server(f"http://{host}:{port}", app[SHELF]))
    loop.run_forever()
    loop.run_until_complete(runner.cleanup())
    loop.close()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the server."""
    async with connected(server) as session:
        yield session


def connected(server: Server) -> aiohttp.ClientSession:
    """An HTTP client of this server, to be closed by who asked for it."""
    return aiohttp.ClientSession(server.address, timeout=aiohttp.ClientTimeout(total=60))


async def post(client: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a request."""
    async with client.post(path, json=body) as response:
        return response.status, await response.json()
