"""What a button sends, and why nothing that a patient types is ever read as one.

Rasa takes any message that starts with a slash for an intent with entities, past all understanding and past the
screen: `/restart`, `/greet{} chest pain`. Here only a message that our channel marked as a press of a button
is read so (or one of a developer in `rasa shell`, where nothing else marks anything), and only one of a strict form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

PRESSED = "button_pressed"  # the metadata key that the channel sets; what a caller puts there is overwritten
OF_RASA = frozenset({"restart", "back", "session_start", "nlu_fallback"})
FORM = re.compile(r"/([a-z][a-z_]{0,63})(\{.{0,400}\})?")
LONGEST_VALUE = 64


@dataclass(frozen=True)
class Payload:
    """An intent and, for the few buttons that need them, entities."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


def parse(text: str, intents: Collection[str], entities: Collection[str]) -> Payload | None:
    """The payload that `text` is, or None: unknown intent, one of Rasa's own, undeclared entity, anything more."""
    form = FORM.fullmatch(text)
    if form is None or form[1] not in intents or form[1] in OF_RASA:
        return None
    values = _values(form[2])
    if values is None or not set(values) <= set(entities):
        return None
    return Payload(form[1], values)


def _values(text: str | None) -> dict[str, str] | None:
    if text is None:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        return None
    if all(isinstance(value, str) and len(value) <= LONGEST_VALUE for value in values.values()):
        return dict(values)
    return None


def is_press(metadata: Mapping[str, Any] | None) -> bool:
    """Whether a message with this metadata may be a payload at all."""
    return not metadata or metadata.get(PRESSED) is True
