"""How well the reader does on messages that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.reader.messages import ACUITIES, Message

BARS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_CALM = "self_care"


def figures(messages: Sequence[Message], rows: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Per language and together: the most likely acuity, and what each bar of alarm catches and costs.

    `emergency` counts the probability of an emergency, `human` that of an emergency or an urgent case.
    """
    found: dict[str, Any] = {}
    for lang in ("en", "zh", "both"):
        chosen = [(m, row) for m, row in zip(messages, rows, strict=True) if lang in (m.lang, "both")]
        if chosen:
            found[lang] = _of(chosen)
    return found


def _of(chosen: Sequence[tuple[Message, Sequence[float]]]) -> dict[str, Any]:
    right = [m.acuity == ACUITIES[max(range(4), key=row.__getitem__)] for m, row in chosen]
    alarm = [(m.acuity, row[0], row[0] + row[1]) for m, row in chosen]
    return {
        "messages": len(chosen),
        "right": _share(right),
        "emergency": {
            str(bar): {
                "emergencies": _share([a >= bar for acuity, a, _ in alarm if acuity == "emergency"]),
                "routine": _share([a >= bar for acuity, a, _ in alarm if acuity == "routine"]),
                "self_care": _share([a >= bar for acuity, a, _ in alarm if acuity == _CALM]),
            }
            for bar in BARS
        },
        "human": {
            str(bar): {
                "emergencies": _share([h >= bar for acuity, _, h in alarm if acuity == "emergency"]),
                "urgent": _share([h >= bar for acuity, _, h in alarm if acuity == "urgent"]),
                "routine": _share([h >= bar for acuity, _, h in alarm if acuity == "routine"]),
                "self_care": _share([h >= bar for acuity, _, h in alarm if acuity == _CALM]),
            }
            for bar in BARS
        },
    }


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 3) if hits else None
