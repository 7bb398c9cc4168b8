"""How long a question takes to find its passages, as the library grows.

Texts are made up of the words of our own pages, vectors are random: what counts is how many there are. The baseline is
the plain way to the same two rankings: rank_bm25 for the words, and numpy for the vectors with a sort of all of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from actions.answering.imported import load_imported
from actions.answering.library import Library, Stored, opened
from actions.answering.pages import load_pages
from actions.answering.shelf import Shelf
from actions.answering.word_index import search_keys
from actions.answering.words import Lexicon, load_lexicons
from actions.settings import ROOT
from deploy.bench.figures import spread, table, times

SIZES = (1_000, 16_000, 100_000)
PER_TOPIC = 4
WORDS = 80
QUESTIONS = 60
VECTOR = 384
_KNOWLEDGE = ROOT / "data" / "knowledge"


def run(folder: Path) -> None:
    """Build libraries of each size and measure."""
    lexicons = load_lexicons(_KNOWLEDGE)
    spoken = [w for page in load_pages(_KNOWLEDGE) if page.lang == "en" for p in page.passages for w in p.text.split()]
    rows = [row for size in SIZES for row in _measure(folder / str(size), size, lexicons, spoken)]
    head = ("", "passages", "p50 ms", "p95 ms", "to the baseline")
    table("One question to its passages", head, rows)


def _measure(folder: Path, size: int, lexicons: dict[str, Lexicon], spoken: Sequence[str]) -> list[list[object]]:
    chance = random.Random(size)  # noqa: S311 - made-up texts
    began = time.perf_counter()
    with opened(folder, lexicons) as library:
        _fill(library, size, spoken, chance)
    filled = time.perf_counter()
    shelf = load_imported(folder, lexicons, {})["en"]
    print(f"  {size:,} passages: taken in in {filled - began:.1f} s, read in {time.perf_counter() - filled:.1f} s")
    generator = np.random.default_rng(size)
    shelf.vectors = _unit(generator.standard_normal((size, VECTOR), dtype=np.float32))
    vector = _unit(generator.standard_normal((1, VECTOR), dtype=np.float32))[0]
    questions = [" ".join(chance.sample(spoken, 9)) for _ in range(QUESTIONS)]
    plain = _plain(shelf, lexicons["en"], vector)
    ways: list[tuple[str, Callable[[str], object]]] = [
        ("rank_bm25 and a numpy scan (baseline)", plain),
        ("words and vectors (ours)", lambda question: shelf.search(question, vector)),
        ("words alone (ours)", lambda question: shelf.search(question, None)),
    ]
    return _timed(ways, questions, size)


def _timed(
    ways: Sequence[tuple[str, Callable[[str], object]]], questions: Sequence[str], size: int
) -> list[list[object]]:
    rows: list[list[object]] = []
    baseline = 0.0
    for title, find in ways:
        taken = []
        for question in questions[: 10 if not rows else None]:  # the baseline takes its time
            began = time.perf_counter()
            find(question)
            taken.append(time.perf_counter() - began)
        each = spread(taken)
        baseline = baseline or each.p50
        rows.append([title, f"{size:,}", each.p50, each.p95, times(each.p50, baseline)])
    return rows


def _fill(library: Library, size: int, spoken: Sequence[str], chance: random.Random) -> None:
    library.refresh()
    library.begin("bench", "folder", "made up")
    for number in range(size // PER_TOPIC):
        texts = [" ".join(chance.choices(spoken, k=WORDS)) + "." for _ in range(PER_TOPIC)]
        passages = tuple((" ".join(chance.choices(spoken, k=6)), text) for text in texts)
        title = f"{chance.choice(spoken)} {chance.choice(spoken)} {number}"
        library.put("bench", Stored(str(number), "", "en", "GB", title, (), "", "made up", "", passages))
    library.commit()


def _plain(shelf: Shelf, lexicon: Lexicon, vector: NDArray[np.float32]) -> Callable[[str], object]:
    matrix = shelf.vectors
    assert matrix is not None  # noqa: S101
    words = BM25Okapi([search_keys(passage.content, lexicon) for passage in shelf.passages])

    def find(question: str) -> object:
        by_words = np.argsort(-words.get_scores(search_keys(question, lexicon)))[:50]
        by_meaning = np.argsort(-(matrix @ vector))[:50]
        return by_words, by_meaning

    return find


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    made: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made
