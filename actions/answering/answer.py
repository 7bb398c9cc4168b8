"""What the pipeline gives: sentences as they pass, and the whole answer at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["answered", "not_covered", "refused", "escalated"]


@dataclass(frozen=True)
class Said:
    """One earlier line of the conversation, from `patient` or `bot`."""

    speaker: str
    text: str


@dataclass(frozen=True)
class Question:
    """A patient's question. `region` says whose emergency numbers; `acuity` and `advice` are the screen's."""

    text: str
    lang: str
    region: str | None = None
    history: tuple[Said, ...] = ()
    acuity: str = "self_care"
    advice: str | None = None


@dataclass(frozen=True)
class Citation:
    """A source: its number in this answer, the page's title and address, and the words that were used.

    `licence` is what has to be shown with them, if anything.
    """

    n: int
    title: str
    url: str
    quote: str
    licence: str = ""

    def to_dict(self) -> dict[str, Any]:
        shown = {"n": self.n, "title": self.title, "url": self.url, "quote": self.quote}
        return {**shown, "licence": self.licence} if self.licence else shown


@dataclass(frozen=True)
class Sentence:
    """A checked sentence with the numbers of its sources."""

    text: str
    citations: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "citations": list(self.citations)}


@dataclass(frozen=True)
class Partial:
    """A checked sentence ahead of the whole answer, with all sources named so far."""

    seq: int
    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Answer:
    """The whole answer. `text` says all of it in plain words; `made_by` is for figures, never on the wire."""

    outcome: Outcome
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    acuity: str = "self_care"
    help: str | None = None
    made_by: str = "text"
    """`generated`, `composed` (generated, then quoted), `quoted`, or `text` (a fixed one)."""
    topic: str | None = None
    dropped: tuple[str, ...] = ()
    """Why sentences of the generator were dropped: one reason each, without their words."""
    near: tuple[str, ...] = ()
    """Where nothing covered the question: the topics that came nearest, for the editors."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as docs/protocol.md has it."""
        shown = {
            "outcome": self.outcome,
            "answer": self.text,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "citations": [citation.to_dict() for citation in self.citations],
            "acuity": self.acuity,
            "help": self.help,
        }
        return {**shown, "near": list(self.near)} if self.near else shown
