"""Statistics as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.record.statistics import Waiting

_WIDTH = 26


def table(counted: Mapping[str, Any]) -> Iterator[str]:
    """The lines of what `compute` returned."""
    handoffs = counted["handoffs"]
    yield f"{counted['conversations']} conversations, {counted['messages']} messages of patients"
    yield from _counts("conversations by acuity", counted["acuity"])
    yield from _counts("what came of messages", counted["outcomes"])
    yield from _counts("handed over because", handoffs["reasons"])
    yield from _counts("how handoffs ended", handoffs["endings"])
    yield from ("", f"{'seconds until':<{_WIDTH}}{'times':>8}{'median':>10}{'p90':>10}")
    yield _times("the first reply", counted["reply"])
    yield from (_times(f"a nurse ({acuity})", waiting) for acuity, waiting in handoffs["waiting"].items())
    yield from ("", f"{'day':<{_WIDTH}}{'chats':>8}{'messages':>10}{'emergencies':>13}{'handoffs':>10}")
    for day in counted["days"]:
        chats, messages, emergencies = day["conversations"], day["messages"], day["emergencies"]
        yield f"  {day['day']:<{_WIDTH - 2}}{chats:>8}{messages:>10}{emergencies:>13}{day['handoffs']:>10}"


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield from ("", title)
    yield from (f"  {name:<{_WIDTH - 2}}{count:>8}" for name, count in counts.items())


def _times(what: str, waiting: Waiting) -> str:
    median, p90 = (f"{value:.1f}" if value is not None else "-" for value in (waiting.median, waiting.p90))
    return f"  {what:<{_WIDTH - 2}}{waiting.count:>8}{median:>10}{p90:>10}"
