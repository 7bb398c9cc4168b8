"""A measured share with its interval, as the evaluations print it."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964  # 95 % of a normal distribution


@dataclass(frozen=True)
class Figure:
    """A share of cases, with its 95 % interval after Wilson (1927)."""

    name: str
    hits: int
    of: int

    def line(self) -> str:
        """One row of the table; what was not measured shows as such."""
        if not self.of:
            return f"  {self.name:<46} no such case"
        low, high = wilson(self.hits, self.of)
        share = 100 * self.hits / self.of
        return f"  {self.name:<46} {self.hits:>4} of {self.of:<4} {share:5.1f} %  ({100 * low:.1f} to {100 * high:.1f})"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, as two numbers from 0 to 1. `of` must not be 0."""
    share = hits / of
    spread = _Z * math.sqrt(share * (1 - share) / of + _Z * _Z / (4 * of * of))
    middle, scale = share + _Z * _Z / (2 * of), 1 + _Z * _Z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
