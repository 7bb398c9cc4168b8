"""What a question asks about its topic (a dose, when to see a doctor ...), and which sections tell that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from .words import fold


@dataclass(frozen=True)
class Aspect:
    """One thing that patients ask about a topic."""

    id: str
    asks: re.Pattern[str]
    headings: re.Pattern[str]


@dataclass(frozen=True)
class Aspects:
    """The aspects of one language."""

    all: tuple[Aspect, ...]

    def of_question(self, text: str) -> frozenset[str]:
        folded = fold(text)
        return frozenset(aspect.id for aspect in self.all if aspect.asks.search(folded))

    def of_heading(self, heading: str) -> frozenset[str]:
        folded = fold(heading)
        return frozenset(aspect.id for aspect in self.all if aspect.headings.search(folded))


NO_ASPECTS = Aspects(())


def load_aspects(path: Path) -> Mapping[str, Aspects]:
    """The aspects of each language, from `data/policy/aspects.yml`. Raises re.error on a broken pattern."""
    tables = YAML(typ="safe").load(path.read_text("utf-8"))
    return {lang: Aspects(tuple(_aspect(name, own) for name, own in table.items())) for lang, table in tables.items()}


def _aspect(name: str, own: Mapping[str, str]) -> Aspect:
    return Aspect(name, re.compile(own["asks"]), re.compile(own["headings"]))
