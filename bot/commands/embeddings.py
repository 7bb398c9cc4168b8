"""The embedder for commands: the model server that runs, or else the model itself, loaded when it is first asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiohttp

from actions.answering.http import Http
from actions.answering.vectors import Embedder, EmbeddingsAway, Matrix, unit
from actions.settings import Settings
from models.loading import LoadError, load_embedder
from models.settings import Settings as ModelSettings

if TYPE_CHECKING:
    from models.embedder.engine import Embedder as Engine


class LocalEmbedder(Embedder):
    """The embedding model in this process; torch is loaded at the first text."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__(Http(), "", settings.embedder_model)
        self._models = settings
        self._engine: Engine | None = None

    async def embed(self, texts: Sequence[str], limit: float) -> Matrix:
        """Unit vectors, one row per text; takes as long as it takes. EmbeddingsAway when there is no model."""
        return await asyncio.to_thread(self._encode, list(texts))

    def _encode(self, texts: list[str]) -> Matrix:
        try:
            self._engine = self._engine or load_embedder(self._models)
        except (LoadError, ImportError) as problem:
            raise EmbeddingsAway(str(problem)) from problem
        return unit(self._engine.encode(texts))


async def embedder_for(settings: Settings) -> Embedder | None:
    """Whoever makes vectors of the model that the settings name; None where they want none, or nobody can be had."""
    if not settings.embeddings_url:
        return None
    if await answers(settings.embeddings_url, settings.embeddings_api_key):
        return Embedder(Http(), settings.embeddings_url, settings.embeddings_model, settings.embeddings_api_key)
    models = ModelSettings()
    # under another name it would be another model, whose vectors must not be mixed with ours
    return LocalEmbedder(models) if models.embedder_model == settings.embeddings_model else None


async def answers(url: str, api_key: str) -> bool:
    """Whether a server of the OpenAI shape answers at an address."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    timeout = aiohttp.ClientTimeout(total=2)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as http,
            http.get(f"{url.rstrip('/')}/models") as reply,
        ):
            return reply.status == 200
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
