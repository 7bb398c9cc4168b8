"""`POST /v1/chat/completions`, plain and streaming."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from models.errors import ApiError, check_model, parse
from models.generator.sampling import Full, Sampling
from models.loading import SETTINGS, SHELF, WORKER

if TYPE_CHECKING:
    from models.generator.backend import Backend
    from models.generator.reply import Piece, Reply

_GONE_AFTER = 0.25
"""Seconds between two looks at whether the caller is still there while no token comes."""


class Part(BaseModel):
    """A part of a message's content; text is all that is read."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message."""

    role: Literal["system", "user", "assistant"]
    content: str | list[Part]

    def plain(self) -> dict[str, str]:
        """The message as chat templates take it."""
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": self.role, "content": text}


class StreamOptions(BaseModel):
    """What else a stream carries."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What we take of OpenAI's request; fields that we do not know are left aside, as vLLM does."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1, max_length=100)
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float = Field(1.0, ge=0, le=2)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int | None = Field(None, ge=0, lt=2**63)
    stop: str | list[str] | None = None
    n: Literal[1] = 1

    @property
    def stops(self) -> list[str]:
        """The stop strings."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []


async def complete(request: web.Request) -> web.StreamResponse:
    """Answer a chat request."""
    asked = await parse(request, ChatRequest)
    check_model(asked.model, request.app[SETTINGS].generator_model)
    generator = request.app[SHELF].models.generator
    prompt = _prompt(generator, asked)
    reply = _submit(generator, asked, prompt)
    request.app[WORKER].nudge()
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": asked.model}
    try:
        if asked.stream:
            return await _stream(request, asked, reply, head, len(prompt))
        return await _whole(request, reply, head, len(prompt))
    finally:
        reply.cancel()


def _prompt(generator: Backend, asked: ChatRequest) -> list[int]:
    try:
        return generator.encode([message.plain() for message in asked.messages])
    except ValueError as error:
        raise ApiError(400, f"messages: {error}", "messages") from None


def _submit(generator: Backend, asked: ChatRequest, prompt: list[int]) -> Reply:
    room = generator.context - len(prompt)
    wanted = asked.max_completion_tokens or asked.max_tokens
    if room < (wanted or 1):
        raise ApiError(
            400,
            f"This model's maximum context length is {generator.context} tokens. However, you requested "
            f"{len(prompt) + (wanted or 1)} tokens ({len(prompt)} in the messages, {wanted or 1} in the "
            "completion). Please reduce the length of the messages or completion.",
            "messages",
        )
    try:
        return generator.submit(prompt, wanted or room, _sampling(asked), asked.stops)
    except Full:
        raise ApiError(503, "Too many requests are waiting for the generator; try again later.") from None


def _sampling(asked: ChatRequest) -> Sampling:
    return Sampling(asked.temperature, asked.top_p, asked.seed)


async def _pieces(request: web.Request, reply: Reply) -> AsyncIterator[Piece]:
    """The reply's pieces up to the last; ends early when the caller has gone."""
    while True:
        try:
            piece = await asyncio.wait_for(reply.pieces.get(), _GONE_AFTER)
        except TimeoutError:
            piece = None
        if request.transport is None or request.transport.is_closing():
            raise ConnectionResetError
        if piece:
            yield piece
            if piece.finish:
                return


async def _whole(request: web.Request, reply: Reply, head: dict[str, Any], prompt: int) -> web.Response:
    text, last = "", None
    try:
        async for last in _pieces(request, reply):
            text += last.text
    except ConnectionResetError:
        return web.Response(status=499, reason="Client Closed Request")
    if last is None or last.finish == "failed":
        raise ApiError(500, "The generator failed on this request.")
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": last.finish}
    usage = _usage(prompt, last.tokens)
    return web.json_response(head | {"object": "chat.completion", "choices": [choice], "usage": usage})


async def _stream(
    request: web.Request, asked: ChatRequest, reply: Reply, head: dict[str, Any], prompt: int
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    head = head | {"object": "chat.completion.chunk"}
    try:
        await response.prepare(request)
        await _event(response, head | _chunk({"role": "assistant", "content": ""}, None))
        last = None
        async for last in _pieces(request, reply):
            if last.finish == "failed":
                failed = {"message": "The generator failed on this request.", "type": "InternalServerError"}
                await _event(response, {"error": failed | {"param": None, "code": 500}})
            elif last.text or last.finish:
                await _event(response, head | _chunk({"content": last.text}, last.finish))
        if asked.stream_options and asked.stream_options.include_usage and last is not None:
            await _event(response, head | {"choices": [], "usage": _usage(prompt, last.tokens)})
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
    except ConnectionResetError:  # the caller has gone; `complete` cancels the reply
        pass
    return response


def _chunk(delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}


async def _event(response: web.StreamResponse, data: dict[str, Any]) -> None:
    await response.write(f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode())


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
