"""Run by Rasa's Python: what stock Rasa and bot/nlu/fast_actions.py make of the same responses, as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from bot.nlu import placeholders

placeholders.install()

from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.shared.core.events import deserialise_events  # noqa: E402

from bot.nlu import fast_actions  # noqa: E402

EVENTS: list[Any] = [
    {"event": "slot", "name": "language", "value": "zh", "timestamp": 7.0},
    {"event": "action", "name": "action_listen", "policy": None, "confidence": None, "timestamp": 7.0},
    {"event": "bot", "text": "Hello", "data": {}, "timestamp": 7.0},
    {"event": "user", "text": "hi", "parse_data": {"intent": {"name": "greet", "confidence": 1.0}}, "timestamp": 7.0},
    {"event": "rewind", "timestamp": 7.0},
    {"event": "dance"},
    {"event": 7},
    {"event": "slot", "value": 1, "timestamp": 7.0},
    {"name": "language"},
    "slot",
]
RESPONSES: list[Any] = [
    {"events": [], "responses": [{"text": "Rest."}]},
    {},
    None,
    [],
    {"events": {}, "responses": []},
    {"events": [], "responses": ["Rest."]},
    *({"events": [event], "responses": []} for event in EVENTS),
    {"events": [EVENTS[0], EVENTS[5]], "responses": [7]},
]


def outcome(work: Callable[[], Any]) -> str:
    try:
        return repr(work())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def judge() -> list[list[str]]:
    action = RemoteAction("action_test", None)
    readable = [event for event in EVENTS if isinstance(event, dict)]
    return [
        [outcome(lambda r=response: action._validate_action_result(r)) for response in RESPONSES],
        [outcome(lambda e=event: [each.as_dict() for each in deserialise_events([e])]) for event in readable],
    ]


stock = judge()
fast_actions.install()
json.dump({"stock": stock, "fast": judge(), "again": judge()}, sys.stdout)
