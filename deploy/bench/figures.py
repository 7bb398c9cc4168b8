"""Percentiles, and tables of figures beside a named baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Milliseconds within which half, 95 and 99 of 100 came, and how many there were."""

    p50: float
    p95: float
    p99: float
    count: int


def spread(seconds: Sequence[float]) -> Spread:
    """The spread of some times. ValueError for none."""
    if not seconds:
        raise ValueError("nothing was measured")
    ordered = sorted(seconds)
    return Spread(*(_at(ordered, share) * 1000 for share in (0.5, 0.95, 0.99)), len(ordered))


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: the first column to the left, all others to the right."""
    cells = [[_shown(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n{title}")
    for first, *rest in cells:
        line = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        print("  " + "  ".join(line), flush=True)


def times(value: float, baseline: float) -> str:
    """How many times the baseline: `2.4 x`."""
    return f"{value / baseline:.2f} x" if baseline else "-"


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _shown(cell: object) -> str:
    return f"{cell:,.1f}" if isinstance(cell, float) else str(cell)
