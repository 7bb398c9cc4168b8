"""What is said of the bot's answers: a patient's feedback, a nurse's correction; of each the last one an answer.

Pure. A mark holds nothing that the patient wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.conversation.entry import OUTCOMES, Entry, entry_order
from bot.conversation.ownership import NotAllowedError

MarkKind = Literal["feedback", "correction"]
JUDGED = ("answered", "not_covered")
"""Outcomes that a patient is asked about."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on the answer `entry`. `id` is empty until the store has taken it.

    value: of a feedback {"helpful"}; of a correction {"outcome", "text", "topic", "nurse": account, "by": their name}.
    """

    kind: MarkKind
    entry: str
    value: Mapping[str, Any]
    id: str = ""

    @property
    def at(self) -> int:
        """When the store took it, in milliseconds since 1970."""
        return entry_order(self.id)[0]

    def dump(self) -> dict[str, str]:
        """Fields for the store; the same mark gives the same."""
        return {"kind": self.kind, "entry": self.entry, "m": json.dumps(self.value, ensure_ascii=False)}

    @staticmethod
    def load(mark_id: str, fields: Mapping[str, str]) -> Mark:
        """The mark that `dump` wrote."""
        kind: MarkKind = "feedback" if fields["kind"] == "feedback" else "correction"
        return Mark(kind, fields["entry"], json.loads(fields["m"]), mark_id)


def feedback(entry: Entry | None, helpful: bool) -> Mark:
    """The patient found an answer helpful, or not. NotAllowedError where it is none that patients are asked about."""
    return Mark("feedback", _answer(entry, JUDGED).id, {"helpful": helpful})


def correction(entry: Entry | None, *, outcome: str, text: str, topic: str | None, nurse: str, by: str) -> Mark:
    """What a nurse says an answer should have been. NotAllowedError where it is none, ValueError for an outcome."""
    if outcome not in OUTCOMES:
        raise ValueError(f"The outcome must be one of {', '.join(OUTCOMES)}.")
    value = {"outcome": outcome, "text": text, "topic": topic, "nurse": nurse, "by": by}
    return Mark("correction", _answer(entry, OUTCOMES).id, value)


def by_answer(marks: Iterable[Mark]) -> dict[str, dict[str, Any]]:
    """What the desk shows (docs/protocol.md): feedback and corrections, by the answer's entry."""
    every, shown = tuple(marks), ("outcome", "text", "topic", "by")
    return {
        "feedback": {mark.entry: mark.value["helpful"] for mark in every if mark.kind == "feedback"},
        "corrections": {
            mark.entry: {"at": mark.at, **{name: mark.value[name] for name in shown}}
            for mark in every
            if mark.kind == "correction"
        },
    }


def _answer(entry: Entry | None, outcomes: tuple[str, ...]) -> Entry:
    if entry is None or entry.kind != "answer" or (entry.answer or {}).get("outcome") not in outcomes:
        raise NotAllowedError("this is no such answer of this conversation")
    return entry
