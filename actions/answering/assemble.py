"""Builds the pipeline from the settings: the one place where its parts are put together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from actions.settings import Settings

from .aspects import load_aspects
from .coverage import Judge
from .generate import Generator
from .http import Http
from .pages import Regions, load_pages
from .pipeline import Pipeline
from .policy import Policy
from .prompt import load_prompts
from .retrieve import Retriever
from .vectors import Embedder
from .words import load_lexicons


@dataclass(frozen=True)
class Assembled:
    """The pipeline with what it reaches the world through."""

    pipeline: Pipeline
    retriever: Retriever
    http: Http


def assemble(settings: Settings) -> Assembled:
    """A pipeline without vectors yet: `await retriever.index(settings.index)` gets them, at any later time.

    Raises DataError where a page or a rule is broken.
    """
    http = Http()
    lexicons = load_lexicons(settings.knowledge)
    embedder = Embedder(http, settings.embeddings_url, settings.embeddings_model, settings.embeddings_api_key)
    retriever = Retriever(
        load_pages(settings.knowledge),
        lexicons,
        load_aspects(settings.policy / "aspects.yml"),
        embedder if settings.embeddings_url else None,
        (settings.query_prefix, settings.passage_prefix),
    )
    pipeline = Pipeline(
        settings,
        Policy.load(settings.policy),
        Judge.load(settings.policy / "coverage.yml"),
        retriever,
        lexicons,
        load_prompts(settings.prompt),
        Regions.load(settings.knowledge / "regions.yml"),
        Generator(http, settings.generator_url, settings.generator_model, settings.generator_api_key),
    )
    return Assembled(pipeline, retriever, http)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Pipeline]:
    """A pipeline with its vectors, where a server of embeddings answers, for as long as the block runs."""
    parts = assemble(settings)
    try:
        await parts.retriever.index(settings.index)
        yield parts.pipeline
    finally:
        await parts.http.close()
