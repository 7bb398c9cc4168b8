"""`POST /rerank` (and `/v1/rerank`)."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from models.errors import check_length, check_model, parse
from models.loading import SETTINGS, SHELF, WORKER

_AT_ONCE = 8


class RerankRequest(BaseModel):
    """What we take of vLLM's request."""

    model: str
    query: str
    documents: list[str] = Field(min_length=1, max_length=1000)
    top_n: int = Field(0, ge=0)
    truncate_prompt_tokens: int | None = Field(None, ge=-1)


async def rerank(request: web.Request) -> web.Response:
    """Answer a re-ranking request: best first, all of them where `top_n` is 0."""
    asked = await parse(request, RerankRequest)
    check_model(asked.model, request.app[SETTINGS].reranker_model)
    reranker = request.app[SHELF].models.reranker
    scores: list[float] = []
    tokens = 0
    for start in range(0, len(asked.documents), _AT_ONCE):
        part = asked.documents[start : start + _AT_ONCE]
        sizes = await request.app[WORKER].run(lambda part=part: reranker.tokens(asked.query, part))  # type: ignore[misc]
        if asked.truncate_prompt_tokens is None:
            for number, size in enumerate(sizes, start):
                check_length(size, reranker.limit, f"documents.{number}")
        tokens += sum(min(size, reranker.limit) for size in sizes)
        job = lambda part=part: reranker.score(asked.query, part)  # noqa: E731
        scores += await request.app[WORKER].run(job)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    head = {"id": f"rerank-{uuid.uuid4().hex}", "model": asked.model, "usage": usage}
    return web.json_response(head | {"results": _ranked(asked, scores)})


def _ranked(asked: RerankRequest, scores: list[float]) -> list[dict[str, Any]]:
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return [
        {"index": number, "document": {"text": asked.documents[number]}, "relevance_score": scores[number]}
        for number in order[: asked.top_n or None]
    ]
