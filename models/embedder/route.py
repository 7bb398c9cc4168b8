"""`POST /v1/embeddings`."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any, Literal

import numpy as np
from aiohttp import web
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from models.errors import ApiError, check_length, check_model, parse
from models.loading import SETTINGS, SHELF, WORKER

_AT_ONCE = 8
"""Texts of one job: a large request is many jobs, so that a patient's question waits for one of them alone."""


class EmbeddingRequest(BaseModel):
    """What we take of OpenAI's request. Tokens instead of text are not taken."""

    model: str
    input: str | list[str]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    truncate_prompt_tokens: int | None = Field(None, ge=-1)


async def embed(request: web.Request) -> web.Response:
    """Answer an embedding request."""
    asked = await parse(request, EmbeddingRequest)
    check_model(asked.model, request.app[SETTINGS].embedder_model)
    embedder = request.app[SHELF].models.embedder
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if not 0 < len(texts) <= 2048:
        raise ApiError(400, "input: between 1 and 2048 texts are taken at once.", "input")
    if asked.dimensions not in (None, embedder.size):
        raise ApiError(400, f"dimensions: this model has {embedder.size} and no others.", "dimensions")
    vectors, tokens = [], 0
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        # the tokenizer is not safe to use from two threads
        sizes = await request.app[WORKER].run(lambda part=part: embedder.tokens(part))  # type: ignore[misc]
        if asked.truncate_prompt_tokens is None:
            for number, size in enumerate(sizes, start):
                check_length(size, embedder.limit, f"input.{number}")
        tokens += sum(min(size, embedder.limit) for size in sizes)
        vectors.append(await request.app[WORKER].run(lambda part=part: embedder.encode(part)))  # type: ignore[misc]
    return web.json_response(_result(asked, np.concatenate(vectors), tokens))


def _result(asked: EmbeddingRequest, vectors: NDArray[np.float32], tokens: int) -> dict[str, Any]:
    data = [
        {"object": "embedding", "index": number, "embedding": _written(vector, asked.encoding_format)}
        for number, vector in enumerate(vectors)
    ]
    return {
        "id": f"embd-{uuid.uuid4().hex}",
        "object": "list",
        "created": int(time.time()),
        "model": asked.model,
        "data": data,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0},
    }


def _written(vector: NDArray[np.float32], form: str) -> str | list[float]:
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    values: list[float] = vector.tolist()
    return values
