"""Why the screen says what it says, in plain text: the message marked, findings, context, rules with their sources."""

from __future__ import annotations

from collections.abc import Sequence

from .knowledge import known
from .readers import Reading
from .verdict import Acuity, Finding, Verdict

_WIDTH = 26


def explain(text: str, verdict: Verdict, readings: Sequence[Reading] = ()) -> str:
    """All that led to a verdict, for a clinician to read. `text` is the message that it was given on."""
    here = [one for one in verdict.findings if text[one.start : one.end] == one.quote]
    order = sorted(here, key=lambda one: (one.start, -one.end))
    parts = [
        f"Acuity   {verdict.acuity.value}" + (f"   ({verdict.reason})" if verdict.reason else ""),
        f"Message  {marked(text, order)}",
        _block("Findings", [_finding(number, one) for number, one in enumerate(order, 1)]),
        _block("Earlier", [_finding(0, one) for one in verdict.findings if one not in here]),
        _block("Rules", [f"{hit.id}: {hit.title[verdict.lang]}\n    {hit.source}" for hit in verdict.rules]),
        _block("Readers", [_reading(reading) for reading in readings]),
        f"Ask      {verdict.ask.text}" if verdict.ask else "",
        f"Advice   {verdict.advice}" if verdict.advice else "",
    ]
    return "\n".join(part for part in parts if part)


def marked(text: str, findings: Sequence[Finding]) -> str:
    """The message with each finding in brackets, followed by its number; `findings` ordered by where they start."""
    opens: dict[int, str] = {}
    closes: dict[int, str] = {}
    for number, one in enumerate(findings, 1):
        opens[one.start] = opens.get(one.start, "") + "["
        closes[one.end] = closes.get(one.end, "") + f"]{number}"
    places = range(len(text) + 1)
    return "".join(closes.get(at, "") + opens.get(at, "") + text[at : at + 1] for at in places)


def _block(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""


def _finding(number: int, one: Finding) -> str:
    label = known().lexicon.entries[one.id].label["en"]
    mark = f"{number}." if number else "-"
    return f'{mark:<3} {one.id:<{_WIDTH}} {one.status:<8} {one.context:<12} {label}: "{one.quote}"'


def _reading(reading: Reading) -> str:
    if reading.problem:
        return f"{reading.reader}: said nothing ({reading.problem})"
    return f"{reading.reader}: " + ", ".join(f"{acuity.value} {reading.shares[acuity]:.2f}" for acuity in Acuity)
