"""`POST /classify`."""

from __future__ import annotations

import time
import uuid
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from models.errors import ApiError, check_length, check_model, parse
from models.loading import SETTINGS, SHELF, WORKER


class ClassifyRequest(BaseModel):
    """What we take of vLLM's request."""

    model: str
    input: str | list[str]
    truncate_prompt_tokens: int | None = Field(None, ge=-1)


async def classify(request: web.Request) -> web.Response:
    """Answer a classification request; 503 while no reader is trained."""
    asked = await parse(request, ClassifyRequest)
    check_model(asked.model, request.app[SETTINGS].reader_model)
    reader = request.app[SHELF].models.reader
    if reader is None:
        raise ApiError(503, "No reader is trained yet: python -m models.reader.train, then restart the model server.")
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if not 0 < len(texts) <= 64:
        raise ApiError(400, "input: between 1 and 64 texts are taken at once.", "input")
    sizes = await request.app[WORKER].run(lambda: reader.tokens(texts))
    if asked.truncate_prompt_tokens is None:
        for number, size in enumerate(sizes):
            check_length(size, reader.limit, f"input.{number}")
    rows = await request.app[WORKER].run(lambda: reader.classify(texts))
    tokens = sum(min(size, reader.limit) for size in sizes)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0}
    head = {"id": f"classify-{uuid.uuid4().hex}", "object": "list", "created": int(time.time())}
    data = [_row(number, row, reader.labels) for number, row in enumerate(rows)]
    return web.json_response(head | {"model": asked.model, "data": data, "usage": usage})


def _row(number: int, probabilities: list[float], labels: tuple[str, ...]) -> dict[str, Any]:
    best = labels[probabilities.index(max(probabilities))]
    return {"index": number, "label": best, "probs": probabilities, "num_classes": len(labels)}
