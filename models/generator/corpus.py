"""Which examples train the generator and which measure it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from models.generator.articles import Article, knowledge, medquad, nhs
from models.generator.dataset import Example, examples, held_out
from models.generator.exercises import exercises

Corpus = dict[str, list[Example]]
"""Examples under the name of where they come from."""

KNOWLEDGE = Path(__file__).resolve().parents[2] / "data" / "knowledge"

_TRAINED = {"medquad": 170, "nhs": 130, "ours, en": 100, "ours, zh": 240}
_EXERCISES = 80
_MEASURED = {"medquad": 24, "nhs": 16, "ours, en": 24, "ours, zh": 36}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where the texts are."""
    parser.add_argument("--knowledge", type=Path, default=KNOWLEDGE, help="our pages (default: %(default)s)")
    parser.add_argument("--medquad", type=Path, help="medquad_answered.jsonl; left out when not given")
    parser.add_argument("--nhs", type=Path, help="nhs_conditions.jsonl; left out when not given")
    parser.add_argument("--seed", type=int, default=7)


def corpus(options: argparse.Namespace) -> tuple[Corpus, Corpus]:
    """Examples for training and, over other pages, for measuring."""
    articles = _articles(options)
    trained, measured = {}, {}
    for name, found in articles.items():
        kept = [article for article in found if held_out(article)]
        rest = [article for article in found if not held_out(article)]
        trained[name] = examples(rest, _TRAINED[name], options.seed)
        measured[name] = examples(kept, _MEASURED[name], options.seed + 1)
    trained["exercises, zh"] = examples(exercises(_EXERCISES, options.seed), _EXERCISES, options.seed)
    return trained, measured


def _articles(options: argparse.Namespace) -> dict[str, list[Article]]:
    ours = list(knowledge(options.knowledge))
    found: dict[str, Iterable[Article]] = {
        "ours, en": [article for article in ours if article.lang == "en"],
        "ours, zh": [article for article in ours if article.lang == "zh"],
    }
    if options.medquad:
        found["medquad"] = medquad(options.medquad)
    if options.nhs:
        found["nhs"] = nhs(options.nhs)
    return {name: list(articles) for name, articles in found.items()}
