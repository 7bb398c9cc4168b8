"""Loads every model that the server serves."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from models.errors import ApiError
from models.settings import Settings
from models.weights import WeightsError
from models.worker import Worker

if TYPE_CHECKING:
    from models.embedder.engine import Embedder
    from models.generator.backend import Backend
    from models.reader.engine import Reader
    from models.reranker.engine import Reranker


class LoadError(Exception):
    """A model cannot be loaded; the message is one sentence that says which and why."""


@dataclass(frozen=True)
class Models:
    """Everything that is served. `reader` is None until one is trained."""

    generator: Backend
    embedder: Embedder
    reranker: Reranker
    reader: Reader | None


class Shelf:
    """Where the models stand once they are loaded."""

    def __init__(self) -> None:
        self.loaded: Models | None = None
        self.failed: LoadError | None = None

    @property
    def models(self) -> Models:
        """The models. ApiError 503 until they are there."""
        if self.failed:
            raise ApiError(503, str(self.failed))
        if self.loaded is None:
            raise ApiError(503, "The models are still being loaded.")
        return self.loaded


SETTINGS = web.AppKey("settings", Settings)
WORKER = web.AppKey("worker", Worker)
SHELF = web.AppKey("shelf", Shelf)


def local(settings: Settings) -> bool:
    """Whether every model lies in a folder or a file, so that nothing is asked of a hub."""
    named = (
        settings.generator_source,
        settings.embedder_source,
        settings.reranker_weights,
        settings.generator_adapter_source,
        settings.embedder_adapter_source,
        settings.reader_weights,
    )
    return all(Path(source).exists() for source in named if source)


def environment(settings: Settings) -> None:
    """What the libraries read from the environment when they are imported: to be called before that."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    # Threads that spin while they wait for each other stand still as soon as another process wants a core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if local(settings):
        os.environ["HF_HUB_OFFLINE"] = "1"


def load(settings: Settings) -> Models:
    """Load all, in the worker's thread. LoadError when one cannot be."""
    generator = load_generator(settings)
    _give_back_memory()
    embedder = _embedder(settings)
    models = Models(generator, embedder, _reranker(settings, embedder), load_reader(settings, embedder))
    _give_back_memory()
    return models


def load_embedder(settings: Settings) -> Embedder:
    """The embedder alone, for a command that needs no other model. LoadError when it cannot be loaded."""
    environment(settings)
    _begin(settings)
    return _embedder(settings)


def _begin(settings: Settings) -> None:
    """To be called in the thread that will compute: torch counts threads for each caller."""
    import torch

    quieten()
    torch.set_num_threads(settings.threads or len(os.sched_getaffinity(0)))


def quieten() -> None:
    """The libraries' progress bars and reports on loading say nothing to an operator."""
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)  # peft asks for it


def _give_back_memory() -> None:
    """Loading leaves some 400 MB with the allocator, which would keep them for good."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def load_generator(settings: Settings) -> Backend:
    """The generator alone, on the backend that the settings choose. LoadError when it cannot be loaded."""
    _begin(settings)
    if settings.generator_backend == "llama.cpp":
        return _llama(settings)
    from models.generator.engine import Generator
    from models.generator.weights import load_model, load_tokenizer

    try:
        tokenizer, model = load_tokenizer(settings), load_model(settings)
    except (OSError, ValueError, RuntimeError) as error:
        raise _failed("generator", settings.generator_source, settings.generator_weights, error) from error
    return Generator(model, tokenizer, settings.generator_context, settings.generator_batch, settings.generator_waiting)


def _llama(settings: Settings) -> Backend:
    from models.generator.llama_server import PINNED
    from models.generator.llamacpp import load_llama

    try:
        return load_llama(settings)
    except ImportError as error:
        why = f"GENERATOR_BACKEND=llama.cpp needs the package xllamacpp ({_first_line(error)})"
        raise LoadError(f"{why}: .venv/bin/pip install {PINNED}") from error
    except (OSError, ValueError, RuntimeError, WeightsError) as error:
        raise _failed("generator", settings.generator_source, settings.generator_weights, error) from error


def _embedder(settings: Settings) -> Embedder:
    from models.embedder.engine import Embedder

    try:
        return Embedder(settings.embedder_source, settings.embedder_adapter_source)
    except (OSError, ValueError, RuntimeError) as error:
        raise _failed("embedder", settings.embedder_source, settings.embedder_weights, error) from error


def _reranker(settings: Settings, embedder: Embedder) -> Reranker:
    from models.reranker.engine import CosineReranker, CrossReranker

    if not settings.reranker_weights:
        return CosineReranker(embedder)
    try:
        return CrossReranker(settings.reranker_weights)
    except (OSError, ValueError, RuntimeError) as error:
        raise _failed("re-ranker", settings.reranker_weights, settings.reranker_weights, error) from error


def load_reader(settings: Settings, embedder: Embedder | None = None) -> Reader | None:
    """The reader, None where none is trained. It shares the word embeddings of an `embedder` that it was tuned on.

    LoadError when it cannot be loaded.
    """
    from models.reader.engine import Reader

    chosen, ours = settings.reader_weights, settings.reader_adapter
    if not chosen and not ours.is_dir():
        return None
    try:
        if chosen:
            return Reader.whole(chosen)
        shared = embedder and settings.embedder_source == settings.encoder_source
        lent = embedder.word_embeddings if embedder and shared else None
        return Reader.load(settings.encoder_source, ours, lent)
    except (OSError, ValueError, RuntimeError) as error:
        raise LoadError(f"The reader cannot be loaded from {chosen or ours}: {_first_line(error)}") from error


def _failed(what: str, source: str, configured: str, error: Exception) -> LoadError:
    if not configured and not (Path(source) / "manifest.json").is_file():
        return LoadError(f"The {what}'s weights are not prepared yet: python -m models.weights")
    return LoadError(f"The {what} cannot be loaded from {source}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
