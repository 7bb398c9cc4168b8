"""Bad requests are told what is wrong and where, in vLLM's shape, without repeating what they said."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from models.server import build_app
from models.settings import Settings
from tests.models.conftest import Server, post

CHAT, EMBED, RERANK, CLASSIFY = "/v1/chat/completions", "/v1/embeddings", "/rerank", "/classify"
MESSAGES = [{"role": "user", "content": "hello"}]


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        (CHAT, {"model": "careline-generator"}, 400, "messages"),
        (CHAT, {"model": "careline-generator", "messages": []}, 400, "messages"),
        (CHAT, {"model": "careline-generator", "messages": [{"role": "nurse", "content": ""}]}, 400, "messages.0.role"),
        (CHAT, {"model": "careline-generator", "messages": MESSAGES, "temperature": -1}, 400, "temperature"),
        (CHAT, {"model": "careline-generator", "messages": MESSAGES, "max_tokens": 0}, 400, "max_tokens"),
        (CHAT, {"model": "careline-generator", "messages": MESSAGES, "max_tokens": 99999}, 400, "messages"),
        (CHAT, {"model": "gpt-9", "messages": MESSAGES}, 404, "model"),
        (EMBED, {"model": "careline-embedder-2", "input": []}, 400, "input"),
        (EMBED, {"model": "careline-embedder-2", "input": ["fine", "long " * 600]}, 400, "input.1"),
        (EMBED, {"model": "careline-embedder-2", "input": "x", "dimensions": 7}, 400, "dimensions"),
        (RERANK, {"model": "careline-reranker", "query": "x", "documents": []}, 400, "documents"),
        (RERANK, {"model": "careline-reranker", "query": "x", "documents": ["long " * 600]}, 400, "documents.0"),
        (CLASSIFY, {"model": "careline-embedder-2", "input": "x"}, 404, "model"),
    ],
)
async def test_a_bad_request_is_told_where(
    client: aiohttp.ClientSession, path: str, body: dict[str, Any], status: int, param: str
) -> None:
    got, answer = await post(client, path, body)
    assert (got, answer["error"]["code"], answer["error"]["param"]) == (status, status, param)
    assert answer["error"]["type"] in ("BadRequestError", "NotFoundError")
    assert answer["error"]["message"]


async def test_an_error_does_not_repeat_the_patients_words(client: aiohttp.ClientSession) -> None:
    body = {"model": "careline-generator", "messages": [{"role": "user", "content": {"my": "secret rash"}}]}
    _, answer = await post(client, CHAT, body)
    assert "secret" not in str(answer)


async def test_what_is_no_json_and_what_is_too_long_are_refused(client: aiohttp.ClientSession) -> None:
    async with client.post(CHAT, data=b"{no json") as response:
        assert response.status == 400
        assert "JSON" in (await response.json())["error"]["message"]
    async with client.post(CHAT, data=io.BytesIO(b" " * (8 * 1024**2 + 1))) as response:
        assert response.status == 413
        assert (await response.json())["error"]["code"] == 413


async def test_an_unknown_address_gets_an_error_object_too(client: aiohttp.ClientSession) -> None:
    async with client.get("/v2/nothing") as response:
        assert response.status == 404
        assert (await response.json())["error"]["message"] == "There is no /v2/nothing here."


async def test_without_a_trained_reader_classify_says_which_command_trains_one(
    server: Server, client: aiohttp.ClientSession
) -> None:
    before = server.models
    server.shelf.loaded = dataclasses.replace(before, reader=None)
    try:
        status, answer = await post(client, CLASSIFY, {"model": "careline-reader", "input": "hello"})
        async with client.get("/v1/models") as response:
            names = [row["id"] for row in (await response.json())["data"]]
    finally:
        server.shelf.loaded = before
    assert "careline-reader" not in names
    assert status == 503
    assert "python -m models.reader.train" in answer["error"]["message"]


@pytest.fixture
async def unready() -> AsyncIterator[TestClient[Any, Any]]:
    """A server whose weights are not there, and which asks for a token."""
    async with TestClient(TestServer(build_app(Settings(state="/nowhere", api_key="sesame")))) as client:
        yield client


async def test_a_server_without_weights_says_what_to_do(unready: TestClient[Any, Any]) -> None:
    while True:
        response = await unready.get("/health")
        assert response.status == 503
        message = (await response.json())["error"]["message"]
        if "still being loaded" not in message:
            break
    assert message == "The generator's weights are not prepared yet: python -m models.weights"


async def test_with_a_key_set_only_its_bearer_is_served(unready: TestClient[Any, Any]) -> None:
    assert (await unready.get("/v1/models")).status == 401
    assert (await unready.get("/v1/models", headers={"Authorization": "Bearer wrong"})).status == 401
    assert (await unready.get("/v1/models", headers={"Authorization": "Bearer sesame"})).status == 503
