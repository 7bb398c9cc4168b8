"""A desk beside a patient's socket: the chat server on a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar
from aiohttp.test_utils import TestClient

from bot.conversation.connection import connect
from bot.desk.accounts import Accounts
from bot.settings import Settings
from tests.channels.conftest import (  # noqa: F401  (fixtures)
    Frame,
    client,
    connect_patient,
    dialogue,
    patient,
    settings,
)
from tests.channels.conftest import Patient as Socket

PASSWORD = "a long enough password"


@pytest.fixture
async def accounts(settings: Settings) -> AsyncIterator[Accounts]:  # noqa: F811
    redis = connect(settings.redis_url)
    accounts = Accounts(redis)
    await accounts.add("ada", "Nurse Ada", PASSWORD)
    await accounts.add("bob", "Nurse Bob", PASSWORD)
    yield accounts
    await redis.aclose()


class NurseDesk(Socket):
    """A desk without a page."""

    async def act(self, action: str, conversation: str, **rest: Any) -> None:
        await self.socket.send_json({"type": action, "conversation": conversation, **rest})

    async def queue(self, **fields: object) -> list[Frame]:
        """The queue once an item has these fields."""
        frame = await self.until(
            lambda f: (
                f["type"] == "queue"
                and any(all(item[name] == value for name, value in fields.items()) for item in f["items"])
            )
        )
        items: list[Frame] = frame["items"]
        return items


LogIn = Callable[[str], Awaitable[NurseDesk]]


@pytest.fixture
async def log_in(client: TestClient[Any, Any], accounts: Accounts) -> AsyncIterator[LogIn]:  # noqa: F811
    opened: list[ClientSession | ClientWebSocketResponse] = []

    async def log_in(name: str) -> NurseDesk:
        base = str(client.make_url("")).rstrip("/")
        session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": base})
        opened.append(session)
        async with session.post(f"{base}/desk/api/login", json={"name": name, "password": PASSWORD}) as response:
            assert response.status == 200
        socket = await session.ws_connect(f"{base}/desk/api/socket")
        opened.insert(0, socket)
        return NurseDesk(client, socket, {})

    yield log_in
    for resource in opened:
        await resource.close()


@pytest.fixture
async def ada(log_in: LogIn) -> NurseDesk:
    return await log_in("ada")
