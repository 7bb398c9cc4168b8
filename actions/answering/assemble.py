"""Builds the pipeline from the settings: the one place where its parts are put together."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from actions.settings import Settings

from .aspects import Aspects, load_aspects
from .coverage import Judge
from .generate import Generator
from .http import Http
from .imported import load_imported
from .pages import load_pages
from .pipeline import Pipeline
from .policy import Policy
from .prompt import load_prompts
from .regions import Regions
from .retrieve import Retriever
from .vectors import Embedder
from .words import Lexicon, load_lexicons


@dataclass(frozen=True)
class Assembled:
    """The pipeline with what it reaches the world through."""

    pipeline: Pipeline
    retriever: Retriever
    http: Http
    _settings: Settings
    _lexicons: Mapping[str, Lexicon]
    _aspects: Mapping[str, Aspects]

    def take_imported(self) -> None:
        """Put what was imported onto its shelves; seconds for a large library, during which our own pages answer."""
        self.retriever.imported = load_imported(self._settings.imported_folder, self._lexicons, self._aspects)


def assemble(settings: Settings, embedder: Embedder | None = None, pipeline_of: type[Pipeline] = Pipeline) -> Assembled:
    """A pipeline over our own pages, without vectors yet: `await retriever.index(settings.index)` gets them.

    Those come from `embedder`, or else from the server that the settings name. Raises DataError where a page or a rule
    is broken.
    """
    http = Http()
    lexicons = load_lexicons(settings.knowledge)
    aspects = load_aspects(settings.policy / "aspects.yml")
    if embedder is None and settings.embeddings_url:
        embedder = Embedder(http, settings.embeddings_url, settings.embeddings_model, settings.embeddings_api_key)
    retriever = Retriever(
        load_pages(settings.knowledge),
        lexicons,
        aspects,
        embedder,
        (settings.query_prefix, settings.passage_prefix),
    )
    pipeline = pipeline_of(
        settings,
        Policy.load(settings.policy),
        Judge.load(settings.policy / "coverage.yml"),
        retriever,
        lexicons,
        load_prompts(settings.prompt),
        Regions.load(settings.knowledge / "regions.yml"),
        Generator(http, settings.generator_url, settings.generator_model, settings.generator_api_key),
    )
    return Assembled(pipeline, retriever, http, settings, lexicons, aspects)


@asynccontextmanager
async def opened(settings: Settings, pipeline_of: type[Pipeline] = Pipeline) -> AsyncGenerator[Pipeline]:
    """A pipeline over all there is, with vectors where a server of embeddings answers, while the block runs."""
    parts = assemble(settings, pipeline_of=pipeline_of)
    try:
        parts.take_imported()
        await parts.retriever.index(settings.index)
        await parts.retriever.read_imported(settings.index)
        yield parts.pipeline
    finally:
        await parts.http.close()
