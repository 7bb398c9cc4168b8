"""Puts our reading of buttons (payload.py) in the place of Rasa's reading of slashes."""

from __future__ import annotations

from typing import Any, List, Optional  # noqa: UP035 - Rasa compares these very annotations

from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler  # type: ignore[import-not-found]
from rasa.shared.core.domain import Domain  # type: ignore[import-not-found]
from rasa.shared.nlu.constants import (  # type: ignore[import-not-found]
    ENTITIES,
    INTENT,
    INTENT_RANKING_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message  # type: ignore[import-not-found]

from bot.nlu import payload
from bot.nlu.intents import SCREENED


class ButtonReader(RegexMessageHandler):  # type: ignore[misc]
    """The last step of understanding a message: a press of a button is what its payload says, words stay words."""

    def process(self, messages: List[Message], domain: Optional[Domain] = None) -> List[Message]:  # noqa: UP006, UP045
        """Called by Rasa with the messages of a turn, of which there is one."""
        if domain is not None:
            for message in messages:
                if payload.is_press(message.get("metadata")):
                    _read(message, domain)
        return messages


def _read(message: Any, domain: Any) -> None:
    pressed = payload.parse((message.get(TEXT) or "").strip(), domain.intents, domain.entities)
    if pressed is None or (message.get(INTENT) or {}).get("name") in SCREENED:
        return
    intent = {"name": pressed.intent, "confidence": 1.0}
    entities = [{"entity": name, "value": value, "start": 0, "end": 0} for name, value in pressed.entities.items()]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
    message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)


def install() -> None:
    """From now on no slash in a message is a command. The channel refuses to start without this."""
    RegexMessageHandler.process = ButtonReader.process


def installed() -> bool:
    """Whether `install` was called."""
    return RegexMessageHandler.process is ButtonReader.process
