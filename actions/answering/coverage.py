"""Do the pages answer this question? A first decision by evidence in words, names and meaning; doubt means no."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

from .shelf import Search, Shelf
from .words import fold

FEATURES = ("named", "about", "told", "missing", "rank", "cosine", "lead", "spread")
"""Evidence that a topic's page covers a question.

named: share of the question that one of the patients' names of the topic holds; about: share of its telling words that
the topic's names and headings use; told: share of them that the page uses anywhere; missing: how telling the most
telling word is that the page lacks (0 to 1); rank: the fused score of its best passage, as a share of the best of all;
cosine: that of its best passage; lead: how far that stands above the best of all other topics; spread: how far the best
cosine of all stands above the others, in standard deviations. The last three exist only with vectors.
"""
WORDS_ONLY = FEATURES[:5]
CANDIDATES = 6
"""Topics that are weighed, best first by the fused ranking."""
_NEAR, _NEAR_ABOUT = 3, 0.5
_SCALE = 4.0  # of cosines, which lie close together


@dataclass(frozen=True)
class Coverage:
    """Whether to answer, from which topic, and how likely it is that its page covers the question (0 to 1)."""

    covered: bool
    topic: str | None
    likelihood: float


NOTHING = Coverage(False, None, 0.0)


def candidates(search: Search) -> tuple[str, ...]:
    """The topics that may be meant, best first."""
    return tuple(dict.fromkeys(one.passage.topic for one in search.found))[:CANDIDATES]


def features(search: Search, shelf: Shelf, topic: str) -> dict[str, float]:
    """The evidence that a topic's page covers the question; vectors' part only where there are vectors."""
    vocabulary = shelf.vocabulary(topic)
    total = sum(search.terms.values()) or 1.0
    lacking = [weight for key, weight in search.terms.items() if key not in vocabulary]
    best = next(one for one in search.found if one.passage.topic == topic)
    found = {
        "named": search.named.get(topic, 0.0),
        "about": _about(search, shelf, topic),
        "told": 1.0 - sum(lacking) / total if search.terms else 0.0,
        "missing": max(lacking, default=0.0) / 7.0,
        "rank": best.score / search.found[0].score,
    }
    if search.spread is not None:
        own, others = search.nearest(topic)
        found |= {"cosine": own * _SCALE, "lead": (own - others) * _SCALE, "spread": search.spread / 5.0}
    return found


def near_topics(search: Search, shelf: Shelf) -> tuple[str, ...]:
    """The topics that a question came nearest to: found, and named by it or about a good part of it."""
    near = (t for t in candidates(search) if search.named.get(t) or _about(search, shelf, t) >= _NEAR_ABOUT)
    return tuple(near)[:_NEAR]


def _about(search: Search, shelf: Shelf, topic: str) -> float:
    """The share of the question's telling words that the topic's names and headings use."""
    subjects = shelf.subjects(topic)
    return sum(w for key, w in search.terms.items() if key in subjects) / (sum(search.terms.values()) or 1.0)


@dataclass(frozen=True)
class Judge:
    """Calibrated weights: `with_vectors` and `without`, each with a constant under `bias`, and the bars to pass."""

    with_vectors: Mapping[str, float]
    without: Mapping[str, float]
    bar_with_vectors: float
    bar_without: float
    least_about: float
    """Of `about`, the least where there are no vectors: a page that only mentions what is asked is not about it."""
    imported: Mapping[str, float]
    """What an imported topic needs beside the bar: `named` at least, or else `about` with so many telling `terms`."""
    outside: Mapping[str, tuple[re.Pattern[str], ...]]
    """What no page speaks of (animals), by language."""

    @classmethod
    def load(cls, path: Path) -> Judge:
        """From `data/policy/coverage.yml`. Raises KeyError where a weight is missing."""
        data = YAML(typ="safe").load(path.read_text("utf-8"))
        dense, bare = (float(data[kind]["bar"]) for kind in ("with_vectors", "without_vectors"))
        full = {name: float(data["with_vectors"][name]) for name in ("bias", *FEATURES)}
        words = {name: float(data["without_vectors"][name]) for name in ("bias", *WORDS_ONLY)}
        outside = {lang: tuple(re.compile(one) for one in own) for lang, own in data["outside"].items()}
        imported = {name: float(data["imported"][name]) for name in ("named", "about", "terms")}
        return cls(full, words, dense, bare, float(data["least_about"]), imported, outside)

    def is_outside(self, text: str, lang: str) -> bool:
        """Whether a question is about something that pages for patients never cover."""
        folded = fold(text)
        return any(pattern.search(folded) for pattern in self.outside[lang])

    def decide(self, search: Search, shelf: Shelf) -> Coverage:
        """Which topic's page covers the question most likely, and whether that is likely enough."""
        decided = (self._weighed(search, shelf, topic) for topic in candidates(search))
        return max(decided, key=lambda one: one.likelihood, default=NOTHING)

    def _weighed(self, search: Search, shelf: Shelf, topic: str) -> Coverage:
        evidence = features(search, shelf, topic)
        dense = "cosine" in evidence
        weights, bar = (self.with_vectors, self.bar_with_vectors) if dense else (self.without, self.bar_without)
        total = weights["bias"] + sum(weights[name] * value for name, value in evidence.items())
        likelihood = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        # by its words alone a page that only mentions what is asked is not about it
        covered = likelihood >= bar and (dense or evidence["about"] >= self.least_about)
        return Coverage(covered, topic, likelihood)

    def decide_imported(self, search: Search, shelf: Shelf) -> Coverage:
        """The same for what was imported: of thousands of topics one always looks alike, so one has to be meant."""
        decided = self.decide(search, shelf)
        if not decided.covered:
            return decided
        evidence = features(search, shelf, decided.topic or "")
        named = evidence["named"] >= self.imported["named"]
        meant = evidence["about"] >= self.imported["about"] and len(search.terms) >= self.imported["terms"]
        return decided if named or meant else replace(decided, covered=False)
