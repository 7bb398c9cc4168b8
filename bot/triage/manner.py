"""How the interview is held: `data/triage/interview.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .protocols import advice_of
from .source import Table, read
from .verdict import Acuity

_ENDS = (Acuity.ROUTINE, Acuity.SELF_CARE)


@dataclass(frozen=True)
class Manner:
    """most: questions in one interview; refusals: what a reply holds that wants no more of them; titles for staff and
    words for the patient, in both languages."""

    most: int
    refusals: tuple[str, ...]
    unsure_title: Mapping[str, str]
    unsure_advice: Mapping[str, str]
    unanswered_title: Mapping[str, str]
    dispositions: Mapping[Acuity, Mapping[str, str]]


def load(folder: Path) -> Manner:
    """Read `interview.yml`. Raises DataError."""
    file = read(folder / "interview.yml")
    file.allow("interview.yml", {"most", "refusals", "unsure", "unanswered", "dispositions"})
    refusals, unsure = file.table("refusals"), file.table("unsure")
    unanswered, ends = file.table("unanswered"), file.table("dispositions")
    refusals.allow("'refusals'", {"en", "zh"})
    unsure.allow("'unsure'", {"title", "advice"})
    unanswered.allow("'unanswered'", {"title"})
    ends.allow("'dispositions'", {acuity.value for acuity in _ENDS})
    return Manner(
        most=_most(file),
        refusals=tuple(text.casefold() for lang in ("en", "zh") for _, text in refusals.strings(lang)),
        unsure_title=unsure.both("title"),
        unsure_advice=advice_of(unsure, Acuity.EMERGENCY),  # it must name the number to call
        unanswered_title=unanswered.both("title"),
        dispositions={acuity: _words(ends.table(acuity.value), acuity) for acuity in _ENDS},
    )


def _most(file: Table) -> int:
    most = file["most"]
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise file.fail("'most' must be a number of questions, at least 1.", "most")
    return most


def _words(table: Table, acuity: Acuity) -> Mapping[str, str]:
    table.allow(f"'{acuity.value}'", {"advice"})
    return advice_of(table, acuity)
