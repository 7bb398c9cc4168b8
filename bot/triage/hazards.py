"""The hazard log, `data/triage/hazards.yml`, after DCB0129: what may harm a patient, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .source import Table, data_dir, read

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
_RATINGS = (  # by severity (rows) and likelihood (columns), after the matrix of NHS Digital's DCB0129 guidance
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (2, 2, 3, 3, 4),
    (2, 3, 3, 4, 5),
    (3, 4, 4, 5, 5),
)
ACCEPTABLE = 3
"""The highest rating that may remain: 1 and 2 are acceptable, 3 only as low as reasonably practicable, 4 and 5 not."""


@dataclass(frozen=True)
class Risk:
    """How bad and how likely; `rating` from 1 (acceptable) to 5 (never acceptable)."""

    severity: str
    likelihood: str

    @property
    def rating(self) -> int:
        return _RATINGS[SEVERITIES.index(self.severity)][LIKELIHOODS.index(self.likelihood)]


@dataclass(frozen=True)
class Control:
    """What stands against a hazard, and the tests (`tests/...py::name`) that show it at work."""

    what: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Hazard:
    """One hazard. `remaining` says what the controls leave open, for the hospital to decide upon."""

    id: str
    hazard: str
    cause: str
    effect: str
    initial: Risk
    controls: tuple[Control, ...]
    residual: Risk
    remaining: str
    line: int


def load(folder: Path | None = None) -> tuple[Hazard, ...]:
    """All hazards, in the order of the file. Raises DataError."""
    file = read((folder or data_dir()) / "hazards.yml")
    file.allow("hazards.yml", {"hazards"})
    found: dict[str, Hazard] = {}
    for table in file.tables("hazards"):
        hazard = _hazard(table)
        if hazard.id in found:
            raise table.fail(f"the hazard '{hazard.id}' stands here twice.", "id")
        found[hazard.id] = hazard
    return tuple(found.values())


def page(hazards: tuple[Hazard, ...]) -> str:
    """The log as a Markdown page."""
    rows = "\n".join(
        f"| {h.id} | {h.hazard} | {h.initial.rating} | {h.residual.rating} |"
        for h in sorted(hazards, key=lambda h: -h.residual.rating)
    )
    return (
        "# Hazard log\n\nAfter DCB0129. Ratings run from 1 (acceptable) to 5 (never acceptable); what remains is the "
        f"hospital's to accept.\n\n| | hazard | at first | remaining |\n|---|---|---|---|\n{rows}\n\n"
        + "\n".join(map(_section, hazards))
    )


def _section(hazard: Hazard) -> str:
    controls = "\n".join(
        f"- {control.what} ({', '.join(f'`{test}`' for test in control.tests)})" for control in hazard.controls
    )
    return (
        f"## {hazard.id}: {hazard.hazard}\n\n"
        f"Cause: {hazard.cause}\n\nEffect: {hazard.effect}\n\nAt first: {_risk(hazard.initial)}\n\n"
        f"{controls}\n\nRemaining: {_risk(hazard.residual)}. {hazard.remaining}\n"
    )


def _risk(risk: Risk) -> str:
    return f"{risk.severity}, likelihood {risk.likelihood}: {risk.rating}"


def _hazard(table: Table) -> Hazard:
    keys = {"id", "hazard", "cause", "effect", "initial", "controls", "residual", "remaining"}
    table.allow("a hazard", keys)
    controls = tuple(_control(control) for control in table.tables("controls"))
    if not controls:
        raise table.fail("a hazard needs a control.", "controls")
    initial, residual = _read_risk(table.table("initial")), _read_risk(table.table("residual"))
    if residual.rating > initial.rating:
        raise table.fail("what remains cannot be worse than the risk at first.", "residual")
    if residual.rating > ACCEPTABLE:
        raise table.fail(
            f"a remaining rating of {residual.rating} is not acceptable: it needs another control.", "residual"
        )
    texts: Mapping[str, Any] = {key: table.text(key) for key in ("id", "hazard", "cause", "effect", "remaining")}
    return Hazard(**texts, initial=initial, controls=controls, residual=residual, line=table.line)


def _control(table: Table) -> Control:
    table.allow("a control", {"what", "tests"})
    tests = tuple(text for _, text in table.strings("tests"))
    if not tests:
        raise table.fail("a control needs a test that shows it.", "tests")
    return Control(table.text("what"), tests)


def _read_risk(table: Table) -> Risk:
    table.allow("a risk", {"severity", "likelihood"})
    for key, known in (("severity", SEVERITIES), ("likelihood", LIKELIHOODS)):
        if table.text(key) not in known:
            raise table.fail(f"'{key}' must be one of {', '.join(known)}.", key)
    return Risk(table.text("severity"), table.text("likelihood"))
