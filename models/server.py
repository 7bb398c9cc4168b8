"""Builds the model server's application: `python -m models` runs it, and others may in their own process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from models.embedder.route import embed
from models.errors import as_json, guard
from models.generator.route import complete
from models.loading import SETTINGS, SHELF, WORKER, LoadError, Models, Shelf, environment, load
from models.reader.route import classify
from models.reranker.route import rerank
from models.settings import Settings
from models.worker import Worker

log = logging.getLogger(__name__)

_STARTED = int(time.time())
_LAST_JOB = 3.0
"""Seconds that stopping waits for the job in hand. Loading takes longer: it is left to end with the process."""
_LONGEST = 8 * 1024**2
"""Bytes of the longest request."""


def build_app(settings: Settings) -> web.Application:
    """The application. It listens at once and loads its models in the background: until then `/health` answers 503."""
    environment(settings)
    guards = (as_json, guard(settings.api_key)) if settings.api_key else (as_json,)
    app = web.Application(middlewares=guards, client_max_size=_LONGEST)
    app[SETTINGS] = settings
    app[SHELF] = Shelf()
    app[WORKER] = Worker()
    app.cleanup_ctx.append(_at_work)
    app.router.add_get("/health", health)
    app.router.add_get("/v1/models", served)
    app.router.add_post("/v1/chat/completions", complete)
    app.router.add_post("/v1/embeddings", embed)
    app.router.add_post("/rerank", rerank)
    app.router.add_post("/v1/rerank", rerank)
    app.router.add_post("/classify", classify)
    return app


async def _at_work(app: web.Application) -> AsyncIterator[None]:
    """The worker runs while the server does."""
    worker = app[WORKER]
    worker.start()
    loading = asyncio.create_task(_fill(app))
    yield
    worker.stop()
    loading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await loading
    await asyncio.to_thread(worker.join, _LAST_JOB)


async def _fill(app: web.Application) -> None:
    started = time.monotonic()
    shelf, worker = app[SHELF], app[WORKER]
    try:
        shelf.loaded = await worker.run(lambda: load(app[SETTINGS]))
    except LoadError as error:
        shelf.failed = error
        log.error("%s", error)
    except Exception as error:
        log.exception("the models cannot be loaded")
        shelf.failed = LoadError(f"The models cannot be loaded ({type(error).__name__}); the log says more.")
    else:
        worker.attach(shelf.loaded.generator)
        log.info("models loaded in %.1f s", time.monotonic() - started)


async def health(request: web.Request) -> web.Response:
    """200 when all models are there and the generator is not failing, 503 before."""
    generator = request.app[SHELF].models.generator
    writing, waiting = generator.load
    return web.json_response({"status": "ok", "writing": writing, "waiting": waiting})


async def served(request: web.Request) -> web.Response:
    """The models that can be named in a request."""
    settings, models = request.app[SETTINGS], request.app[SHELF].models
    return web.json_response({"object": "list", "data": [_model(*row) for row in _names(settings, models)]})


def _names(settings: Settings, models: Models) -> list[tuple[str, str, int]]:
    rows = [
        (settings.generator_model, settings.generator_source, models.generator.context),
        (settings.embedder_model, settings.embedder_source, models.embedder.limit),
        (settings.reranker_model, settings.reranker_weights or settings.embedder_source, models.reranker.limit),
    ]
    if models.reader:
        rows.append((settings.reader_model, settings.reader_weights or settings.encoder_source, models.reader.limit))
    return rows


def _model(name: str, root: str, longest: int) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": _STARTED,
        "owned_by": "careline",
        "root": root,
        "parent": None,
        "max_model_len": longest,
        "permission": [],
    }
