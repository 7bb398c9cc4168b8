"""Several dialogue managers share the conversations."""

from __future__ import annotations

from collections import Counter

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.conversation.rasa import Rasa, RasaError, preferred
from tests.support.running import free_ports

ADDRESSES = [f"http://127.0.0.1:{port}" for port in (5005, 5006, 5007)]
CONVERSATIONS = [f"conversation-{number}" for number in range(600)]


def test_every_chat_server_sends_a_conversation_to_the_same_process() -> None:
    for conversation in CONVERSATIONS[:20]:
        assert preferred(conversation, ADDRESSES) == preferred(conversation, list(reversed(ADDRESSES)))


def test_conversations_are_spread_and_one_process_less_moves_only_its_own() -> None:
    first = {conversation: preferred(conversation, ADDRESSES)[0] for conversation in CONVERSATIONS}
    assert min(Counter(first.values()).values()) > 140
    without = {conversation: preferred(conversation, ADDRESSES[:2])[0] for conversation in CONVERSATIONS}
    assert all(without[c] == address for c, address in first.items() if address != ADDRESSES[2])


async def test_where_nobody_listens_the_next_in_line_stands_in() -> None:
    senders = []

    async def answer(request: web.Request) -> web.Response:
        senders.append((await request.json())["sender"])
        return web.json_response([{"text": "Hello"}])

    app = web.Application()
    app.router.add_post("/webhooks/careline/webhook", answer)
    nobody = f"http://127.0.0.1:{free_ports(1)[0]}"
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        rasa = Rasa(http, [nobody, str(server.make_url(""))], "token", timeout=5)
        for conversation in CONVERSATIONS[:8]:
            assert [reply.text for reply in await rasa.send(conversation, 3, "hi", {})] == ["Hello"]
    assert senders == [f"{conversation}.3" for conversation in CONVERSATIONS[:8]]


async def test_what_one_may_have_read_is_given_to_no_other() -> None:
    asked = []

    async def fail(request: web.Request) -> web.Response:
        asked.append(request.url.port)
        return web.json_response({}, status=500)

    app = web.Application()
    app.router.add_post("/webhooks/careline/webhook", fail)
    async with TestServer(app) as one, TestServer(app) as other, aiohttp.ClientSession() as http:
        rasa = Rasa(http, [str(one.make_url("")), str(other.make_url(""))], "token", timeout=5)
        with pytest.raises(RasaError) as raised:
            await rasa.send("conversation", 0, "hi", {})
    assert raised.value.sent
    assert len(asked) == 1
