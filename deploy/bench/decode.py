"""How fast the generator reads and writes on torch (the baseline) and on llama.cpp, with the same merged weights.

Written tokens are held against what memory allows: each token of one reply needs all weights once, and replies that are
written side by side share them. What memory gives is measured in the same run, by reading an array that no cache holds.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from numpy.typing import NDArray

from actions.answering.pages import load_pages
from actions.settings import ROOT
from deploy.bench.figures import table, times
from models.generator.backend import Backend
from models.generator.gguf_file import ensure
from models.generator.reply import Reply
from models.generator.sampling import Sampling
from models.generator.weights import dtype
from models.loading import environment, load_generator
from models.settings import Settings
from models.worker import Worker

BACKENDS = ("torch", "llama.cpp")
STREAMS = (1, 8)
ROUNDS = 3
WRITTEN = 96
"""Tokens of each reply, at most."""
PROMPT = 1_600
"""Characters of a page in each prompt: some 400 tokens."""
_KNOWLEDGE = ROOT / "data" / "knowledge"
_ARRAY = 2**28
"""Numbers of the array, 4 bytes each: a gigabyte."""


@dataclass(frozen=True)
class Pace:
    """Tokens a second of all replies together."""

    read: float
    written: float


@dataclass(frozen=True)
class Heard:
    """One reply: the size of its prompt, and when it had how many tokens."""

    prompt: int
    moments: list[tuple[float, int]]

    def at(self, moment: float) -> int:
        """Tokens that were written by then."""
        return max((tokens for when, tokens in self.moments if when <= moment), default=0)


def run(folder: Path) -> None:
    """Measure both, and print them beside each other."""
    settings = Settings()
    environment(settings)
    threads = settings.threads or len(os.sched_getaffinity(0))
    memory = bandwidth(threads)
    print(f"  {processor()}: memory gives {memory / 1e9:.1f} GB/s to {threads} threads", flush=True)
    baseline: dict[int, Pace] = {}
    rows: list[list[object]] = []
    for name in BACKENDS:
        chosen = settings.model_copy(update={"generator_backend": name})
        paces = asyncio.run(_measure(chosen))
        limit = memory / weight_bytes(chosen)
        print(
            f"  {name}: {weight_bytes(chosen) / 1e6:.0f} MB of weights, so {limit:.0f} tokens/s for one reply at most"
        )
        for streams, pace in paces.items():
            base = baseline.setdefault(streams, pace)
            share = f"{pace.written / streams / limit:.0%}"
            reading, writing = times(pace.read, base.read), times(pace.written, base.written)
            rows.append([name, streams, pace.read, reading, pace.written, writing, share])
    head = ("", "replies", "read tokens/s", "to torch", "written tokens/s", "to torch", "of memory's limit")
    table("The generator, all replies together (torch is the baseline)", head, rows)


def processor() -> str:
    """The processor's name, as Linux knows it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown processor")


def bandwidth(threads: int) -> float:
    """Bytes a second that so many threads read from memory, the best of five passes."""
    numbers = np.ones(_ARRAY, dtype=np.float32)
    parts = np.array_split(numbers.view(np.int64), threads)
    with ThreadPoolExecutor(threads) as pool:
        return max(_pass(pool, parts) for _ in range(5))


def _pass(pool: ThreadPoolExecutor, parts: list[NDArray[np.int64]]) -> float:
    began = time.perf_counter()
    list(pool.map(np.bitwise_or.reduce, parts))
    return sum(part.nbytes for part in parts) / (time.perf_counter() - began)


def weight_bytes(settings: Settings) -> int:
    """Bytes of the weights, as the settings' backend keeps them: what each step of the writing reads."""
    tensors = GGUFReader(ensure(settings)).tensors
    if settings.generator_backend == "llama.cpp":
        return sum(int(tensor.n_bytes) for tensor in tensors)
    return sum(int(tensor.n_elements) for tensor in tensors) * dtype(settings).itemsize


async def _measure(settings: Settings) -> dict[int, Pace]:
    worker = Worker()
    worker.start()
    generator: Backend = await worker.run(lambda: load_generator(settings))
    worker.attach(generator)
    prompts = _prompts(generator)
    try:
        await _round(generator, worker, prompts, 1)  # what is slow only once
        paces = {}
        for streams in STREAMS:
            rounds = [await _round(generator, worker, prompts, streams) for _ in range(ROUNDS)]
            paces[streams] = Pace(*(statistics.median(each) for each in zip(*rounds, strict=True)))
        return paces
    finally:
        worker.stop()


def _prompts(generator: Backend) -> Iterator[list[int]]:
    """No two begin alike, so that none finds its start in a cache."""
    texts = [" ".join(p.text for p in page.passages) for page in load_pages(_KNOWLEDGE) if page.lang == "en"]
    for number, text in enumerate(texts):
        asked = f"{number}. {text[:PROMPT]}\n\nSay all of this again, word for word."
        yield generator.encode([{"role": "user", "content": asked}])


async def _round(generator: Backend, worker: Worker, prompts: Iterator[list[int]], streams: int) -> tuple[float, float]:
    """Tokens a second read until all have begun, and written from then until the first ends."""
    asked = [next(prompts) for _ in range(streams)]
    began = time.perf_counter()
    replies = [(len(prompt), generator.submit(prompt, WRITTEN, Sampling(temperature=0), [])) for prompt in asked]
    worker.nudge()
    heard = await asyncio.gather(*(_hear(size, reply) for size, reply in replies))
    begun = max(each.moments[0][0] for each in heard)
    ended = min(each.moments[-1][0] for each in heard)
    written = sum(each.at(ended) - each.at(begun) for each in heard)
    return sum(each.prompt for each in heard) / (begun - began), written / (ended - begun)


async def _hear(prompt: int, reply: Reply) -> Heard:
    moments: list[tuple[float, int]] = []
    while True:
        piece = await reply.pieces.get()
        moments.append((time.perf_counter(), piece.tokens))
        if piece.finish:
            return Heard(prompt, moments)
