"""The generator on llama.cpp: the same as engine.py to whoever asks, on a GGUF file.

llama.cpp computes in threads of its own, so nothing is left to the worker's steps. It keeps each slot's last prompt,
and reads of a new one only what differs from the start that they share.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from models.generator.backend import harmless
from models.generator.gguf_file import ensure, facts
from models.generator.llama_server import LlamaServer
from models.generator.reply import Piece, Reply
from models.generator.sampling import Full, Sampling
from models.settings import Settings

log = logging.getLogger(__name__)

_SEEDS = 2**32 - 1
"""llama.cpp's seeds lie below; this one itself means none."""


class LlamaGenerator:
    """A GGUF model with its tokenizer. `submit` is called from the event loop."""

    busy = False
    """The worker has no step to do."""

    def __init__(self, file: Path, context: int, batch: int, waiting: int, threads: int) -> None:
        """Load `file`. ImportError without xllamacpp, OSError, ValueError or RuntimeError when it cannot be loaded."""
        told = facts(file)
        self.context = min(context, told.context or context)
        self._control = told.control
        self._server = LlamaServer(file, self.context, batch, threads)
        self._pool = ThreadPoolExecutor(batch, "llama.cpp")
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._waiting = 0
        self._writing = 0

    def encode(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The prompt's tokens. ValueError when the model's chat template refuses the messages."""
        return self._server.prompt(
            [message | {"content": harmless(message["content"], self._control)} for message in messages]
        )

    def submit(self, prompt: list[int], limit: int, sampling: Sampling, stop: Sequence[str]) -> Reply:
        """Ask for a reply of at most `limit` tokens. Full when too many wait."""
        reply = Reply()
        with self._lock:
            if self._waiting >= self._most_waiting:
                raise Full
            self._waiting += 1
        self._pool.submit(self._write, reply, _request(prompt, limit, sampling, stop))
        return reply

    @property
    def load(self) -> tuple[int, int]:
        """Replies being written, and requests that wait."""
        with self._lock:
            return self._writing, self._waiting

    def step(self) -> None:
        """There is nothing to do."""

    def _write(self, reply: Reply, asked: dict[str, Any]) -> None:
        with self._lock:
            self._waiting -= 1
            self._writing += 1
        taken = _Taken(reply)
        try:
            if not reply.cancelled:
                self._server.write(asked, taken)
        except Exception as error:
            log.error("the generator failed: %s", type(error).__name__)
        finally:
            with self._lock:
                self._writing -= 1
            taken.end()


def load_llama(settings: Settings) -> LlamaGenerator:
    """The settings' generator on llama.cpp: a GGUF file that they name, or ours, made first if need be.

    As LlamaGenerator raises, and WeightsError when ours cannot be made.
    """
    import xllamacpp  # noqa: F401 - first: who lacks it shall not wait for the file

    named = settings.generator_weights
    if named and settings.generator_adapter_source:
        raise ValueError("an adapter cannot be put on a GGUF file: merge it first")
    if named and not Path(named).is_file():
        raise ValueError("llama.cpp takes a GGUF file")
    file = Path(named) if named else ensure(settings)
    threads = settings.threads or len(os.sched_getaffinity(0))
    return LlamaGenerator(
        file, settings.generator_context, settings.generator_batch, settings.generator_waiting, threads
    )


class _Taken:
    """What llama.cpp tells of one reply, handed on."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._tokens = 0
        self._ended = False

    def __call__(self, told: dict[str, Any]) -> bool:
        """Take one piece; True when no more is wanted."""
        if "error" in told:
            log.error("the generator failed: %s", told["error"].get("type"))
            return True
        choice = told["choices"][0]
        self._tokens = told["timings"]["predicted_n"]
        finish = choice["finish_reason"]
        self._ended = finish is not None
        self._reply.send(Piece(choice["text"], self._tokens, finish))
        return self._reply.cancelled

    def end(self) -> None:
        """Nothing more comes: whoever still waits for the last piece is told that it failed."""
        if not self._ended:
            self._reply.send(Piece("", self._tokens, "failed"))


def _request(prompt: list[int], limit: int, sampling: Sampling, stop: Sequence[str]) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "max_tokens": limit,
        "stop": [text for text in stop if text],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "samplers": ["temperature", "top_p"],
        "seed": -1 if sampling.seed is None else sampling.seed % _SEEDS,
        # Read again in whole, the same prompt gives the same numbers to the last bit: who names a seed wants that.
        "cache_prompt": sampling.seed is None,
        "timings_per_token": True,
    }
