"""What was seen, on both sides: by patients and nurses at their sockets, and in the store afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]


@dataclass
class Wait:
    """An emergency on one connection: from the moment it could be sent until its advice came or the line was lost."""

    began: float
    ended: float | None = None
    advised: bool = False


@dataclass
class Said:
    """One message of a patient. Times are seconds of a monotonic clock."""

    client_id: str
    at: float
    kind: str
    waits: list[Wait] = field(default_factory=list)


@dataclass
class PatientSaw:
    """One patient's side. `shown` holds entries in the order in which one screen got them."""

    conversation: str
    said: dict[str, Said] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    shown: list[Frame] = field(default_factory=list)
    other_screens: list[list[Frame]] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """A nurse's acknowledged message."""

    conversation: str
    client_id: str
    entry: str


@dataclass(frozen=True)
class Kept:
    """One conversation in the store when all was over."""

    conversation: str
    log: list[Frame]
    owner: str
    queued: bool
    pending: list[str]
    busy: bool


@dataclass
class Outage:
    """One process that was killed, frozen, stopped or restarted."""

    name: str
    action: str
    began: float
    ended: float | None = None


@dataclass
class Evidence:
    """All that the judge needs."""

    patients: list[PatientSaw]
    nurses: list[Written]
    kept: dict[str, Kept]
    outages: list[Outage]
