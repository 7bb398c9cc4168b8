"""One line of a conversation's log."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

Sender = Literal["patient", "bot", "nurse", "system"]
Kind = Literal["text", "answer", "advice", "notice"]
OUTCOMES = ("answered", "not_covered", "refused", "escalated")
"""What an answer can come to."""
_ID = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply. `payload` is the intent that Rasa gets; it never leaves the server."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `id` is empty until the log has taken it; `text` always says the whole in words.

    question: the id of the protocols' question that the bot puts with it.
    """

    sender: Sender
    text: str
    lang: str
    kind: Kind = "text"
    id: str = ""
    at: str = ""
    epoch: int = 0
    turn: str | None = None
    client_id: str | None = None
    author: str | None = None
    buttons: tuple[Button, ...] = ()
    answer: Mapping[str, Any] | None = None
    advice: Mapping[str, Any] | None = None
    notice: str | None = None
    button: str | None = None
    question: str | None = None

    def stamped(self, epoch: int, turn: str | None = None) -> Entry:
        """This entry with the epoch, the time of now and, where it has none yet, the turn."""
        return replace(
            self, epoch=epoch, turn=self.turn or turn, at=datetime.now(UTC).isoformat(timespec="milliseconds")
        )

    def dump(self) -> str:
        """JSON for the store; everything but the id, which the log gives."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, (), "") and name != "id"}
        return json.dumps(kept, ensure_ascii=False)

    @staticmethod
    def load(entry_id: str, text: str) -> Entry:
        """The entry that `dump` wrote."""
        values = json.loads(text)
        buttons = tuple(Button(**button) for button in values.pop("buttons", ()))
        return Entry(**{"text": "", **values}, id=entry_id, buttons=buttons)

    def to_wire(self) -> dict[str, Any]:
        """What patients and nurses get: see docs/protocol.md."""
        wire: dict[str, Any] = {
            "id": self.id, "at": self.at, "from": self.sender, "kind": self.kind, "text": self.text,
            "lang": self.lang, "turn": self.turn, "epoch": self.epoch,
        }  # fmt: skip
        for name in ("client_id", "author", "answer", "advice", "notice", "question"):
            if (value := getattr(self, name)) is not None:
                wire[name] = value
        if self.buttons:
            wire["buttons"] = [{"title": button.title} for button in self.buttons]
        return wire


def is_entry_id(text: str) -> bool:
    """Whether this is written as the store writes an entry's id."""
    return _ID.fullmatch(text) is not None


def entry_order(entry_id: str) -> tuple[int, int]:
    """Sort key of an entry id (`milliseconds-sequence`). ValueError for anything else."""
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence or 0)
