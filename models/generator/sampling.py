"""What a request says about its reply, and the refusal when there are too many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sampling:
    """How a token is picked: temperature 0 takes the likeliest."""

    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None


class Full(Exception):
    """So many requests wait that another would wait too long."""
