"""The figures of `careline evaluate answers` as an HTML page that stands alone: tables, bars, times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from bot.evaluation.answers import Got, f1, figures, timing
from bot.evaluation.figure import Figure, wilson
from bot.evaluation.likeness import Likeness, likeness

LANGS = {"en": "English", "zh": "Chinese", "both": "Both"}
_BINS = (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class System:
    """One way of answering, and what came of the questions."""

    name: str
    got: Sequence[Got]
    likeness: dict[str, Likeness] = field(init=False)
    """By language, where answers have a reference and the tools are there."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "likeness", _likeness(self.got))

    def of(self, lang: str) -> list[Got]:
        """What came of the questions of one language, or of both."""
        return [one for one in self.got if lang in (one.labelled.question.lang, "both")]


@dataclass(frozen=True)
class Bar:
    """A share with its interval, in per cent, ready to be drawn."""

    name: str
    hits: int
    of: int
    share: float
    low: float
    high: float


def page(title: str, systems: Sequence[System]) -> str:
    """The whole page. No question and no answer stands in it."""
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    return templates.get_template("report.html.j2").render(
        title=title,
        day=date.today().isoformat(),  # noqa: DTZ011 - the reader's day
        langs=LANGS,
        systems=systems,
        bars=lambda system, lang: [_bar(figure) for figure in figures(system.of(lang)) if figure.of],
        f1=lambda system, lang: f1(system.of(lang)),
        timing=lambda system: timing(system.got),
        times=_times,
    )


def _bar(figure: Figure) -> Bar:
    low, high = wilson(figure.hits, figure.of)
    return Bar(figure.name, figure.hits, figure.of, 100 * figure.hits / figure.of, 100 * low, 100 * high)


def _times(system: System) -> list[tuple[str, int]]:
    """How many answers took so long: label and count of each bin."""
    seconds = [one.seconds for one in system.got if one.answer.outcome == "answered"]
    edges = [0.0, *_BINS, float("inf")]
    names = [f"under {edge:g} s" for edge in _BINS] + [f"{_BINS[-1]:g} s and more"]
    return [
        (name, sum(low <= one < high for one in seconds))
        for name, low, high in zip(names, edges[:-1], edges[1:], strict=True)
    ]


def _likeness(got: Sequence[Got]) -> dict[str, Likeness]:
    try:
        return {lang: found for lang in ("en", "zh") if (found := likeness(got, lang))}
    except ImportError:  # tools of `make tools`; the other figures need none
        return {}
