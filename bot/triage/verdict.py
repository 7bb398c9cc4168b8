"""What the screen says: acuity, findings, the rules that fired, what to do and what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Literal

Lang = Literal["en", "zh"]
Status = Literal["present", "absent", "unknown"]


class Acuity(str, Enum):
    """How soon a human must look. Maps to FHIR priorities stat, urgent, routine."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    SELF_CARE = "self_care"

    @property
    def rank(self) -> int:
        """0 for emergency, 3 for self care."""
        return _RANKS[self]

    @classmethod
    def most_urgent(cls, acuities: Iterable[Acuity]) -> Acuity:
        """The most urgent of these; self care where there are none."""
        return min(acuities, key=lambda acuity: acuity.rank, default=cls.SELF_CARE)


_RANKS = {acuity: rank for rank, acuity in enumerate(Acuity)}


@dataclass(frozen=True)
class Said:
    """One earlier line of the conversation."""

    speaker: Literal["patient", "bot"]
    text: str


@dataclass(frozen=True)
class Finding:
    """Something the patient spoke of, where (characters of its message), and what that says of now.

    `context` names what decided the status: stated, negated, past, resolved, hypothetical, information,
    fiction, animal, answer, measured.
    """

    id: str
    status: Status
    quote: str
    start: int
    end: int
    context: str = "stated"


@dataclass(frozen=True)
class Hit:
    """A rule that fired. `title` is in both languages; `source` is the address of its authority."""

    id: str
    title: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Contact:
    """A number to call: `Call 999`, `999`."""

    label: str
    number: str


@dataclass(frozen=True)
class Question:
    """The one question that decides most, in the patient's language, with its buttons."""

    id: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The floor under everything that follows. `advice` says what to do now; `reason` is for staff."""

    acuity: Acuity
    findings: tuple[Finding, ...] = ()
    rules: tuple[Hit, ...] = ()
    ask: Question | None = None
    advice: str | None = None
    contacts: tuple[Contact, ...] = ()
    lang: Lang = "en"
    reason: str = field(default="")

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON-ready values, as the wire carries it."""
        ask = self.ask
        return {
            "acuity": self.acuity.value,
            "findings": [asdict(f) for f in self.findings],
            "rules": [
                {"id": hit.id, "title": hit.title.get(self.lang, hit.id), "source": hit.source} for hit in self.rules
            ],
            "ask": {"id": ask.id, "text": ask.text, "options": list(ask.options)} if ask else None,
            "advice": self.advice,
            "contacts": [{"label": c.label, "number": c.number} for c in self.contacts],
            "lang": self.lang,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` made. Raises ValueError, KeyError or TypeError on anything else.

        The reason is not on the wire.
        """
        lang: Lang = "zh" if data["lang"] == "zh" else "en"
        ask = data.get("ask")
        return cls(
            acuity=Acuity(data["acuity"]),
            findings=tuple(_finding(f) for f in data["findings"]),
            rules=tuple(Hit(r["id"], {lang: r["title"]}, r.get("source", "")) for r in data["rules"]),
            ask=Question(ask["id"], ask["text"], tuple(ask.get("options", ()))) if ask else None,
            advice=data.get("advice"),
            contacts=tuple(Contact(c["label"], c["number"]) for c in data.get("contacts", ())),
            lang=lang,
        )


def _finding(data: Mapping[str, Any]) -> Finding:
    place = {name: data[name] for name in ("context", "start", "end") if name in data}
    return Finding(data["id"], data["status"], data["quote"], **{"start": 0, "end": 0, **place})
