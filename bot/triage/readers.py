"""What learned readers add to a verdict: they may raise it and ask for a human, never lower it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .knowledge import Knowledge, known
from .verdict import Acuity, Hit, Verdict

CLASSIFIER, BY_WORDS = "classifier", "words"
"""Names of the readers whose readings of a message are put together."""
_TOGETHER = f"{CLASSIFIER} and {BY_WORDS}"
_WORDED = (Acuity.EMERGENCY, Acuity.URGENT)


@dataclass(frozen=True)
class Reading:
    """What one reader said of a message: the probability of each acuity, or the problem why it said nothing."""

    reader: str
    shares: Mapping[Acuity, float]
    problem: str | None = None

    @classmethod
    def failed(cls, reader: str, problem: str) -> Reading:
        """A reader that is away, slow or cannot be read. It makes nothing calmer."""
        return cls(reader, {}, problem)

    @classmethod
    def of(cls, reader: str, shares: Any) -> Reading:
        """From probabilities in the order of the acuities. What is not four of them is a problem, not a reading."""
        acuities = tuple(Acuity)
        if not isinstance(shares, list) or len(shares) != len(acuities):
            return cls.failed(reader, "not a probability of each acuity")
        if not all(isinstance(share, (int, float)) and 0 <= share <= 1 for share in shares):
            return cls.failed(reader, "not a probability of each acuity")
        if abs(sum(shares) - 1) > 0.05:
            return cls.failed(reader, "probabilities that do not add up to one")
        return cls(reader, dict(zip(acuities, map(float, shares))))  # noqa: B905 - Python 3.9 has no strict


def raised(verdict: Verdict, readings: Sequence[Reading], region: str | None = None) -> Verdict:
    """The verdict, made more urgent where a reader is sure enough. What is missing or unreadable changes nothing.

    Classifier and reader by words are heard as one where both said something, each by itself where the other did not.
    """
    knowledge = known()
    heard = [(_heard(reading, knowledge), reading.reader) for reading in _together(readings)]
    acuity = Acuity.most_urgent([verdict.acuity, *(acuity for acuity, _ in heard)])
    if acuity is verdict.acuity:
        return verdict
    by = ", ".join(reader for said, reader in heard if said is acuity)
    reason = "; ".join(filter(None, [verdict.reason, f"raised by {by}"]))
    if acuity not in _WORDED:
        return replace(verdict, acuity=acuity, reason=reason)
    place, told = knowledge.regions.choose(region, verdict.lang), knowledge.readers.words[acuity]
    return replace(
        verdict,
        acuity=acuity,
        rules=(*verdict.rules, Hit(f"reader_{acuity.value}", told.title, "")),
        ask=None if acuity is Acuity.EMERGENCY else verdict.ask,
        advice=place.fill(told.advice[verdict.lang], verdict.lang),
        contacts=place.contacts(verdict.lang, frozenset({"emergency", acuity.value})),
        reason=reason,
    )


def _together(readings: Sequence[Reading]) -> list[Reading]:
    """What was said, with the mean of classifier and reader by words in place of the two."""
    said = [reading for reading in readings if reading.problem is None]
    pair = {reading.reader: reading.shares for reading in said if reading.reader in (CLASSIFIER, BY_WORDS)}
    if len(pair) < 2:
        return said
    mean = {acuity: sum(shares[acuity] for shares in pair.values()) / 2 for acuity in Acuity}
    return [*(reading for reading in said if reading.reader not in pair), Reading(_TOGETHER, mean)]


def _heard(reading: Reading, knowledge: Knowledge) -> Acuity:
    hearing, shares = knowledge.readers, reading.shares
    bars = {BY_WORDS: hearing.by_words, _TOGETHER: hearing.together}.get(reading.reader, hearing.bars)
    emergency = shares[Acuity.EMERGENCY]
    human = emergency + shares[Acuity.URGENT]
    if emergency >= bars["emergency"]:
        return Acuity.EMERGENCY
    if human >= bars["human"]:
        return Acuity.URGENT
    return Acuity.ROUTINE if human + shares[Acuity.ROUTINE] >= bars["routine"] else Acuity.SELF_CARE
