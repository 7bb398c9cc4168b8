"""Keeps what patients write, and the token, out of Rasa's logs.

Rasa logs messages at DEBUG and, when something fails, at WARNING and ERROR; exceptions quote what they choked on.
So structured log entries keep only fields known to be harmless, tracebacks keep places and types but no
messages, and the text of the turn at hand is blanked wherever else it appears.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

BLANK = "[withheld]"
SHORTEST = 2  # shorter texts say nothing of a patient and would garble every line

SAFE_FIELDS = frozenset(
    {
        "event",
        "event_info",
        "level",
        "log_level",
        "timestamp",
        "filename",
        "action_name",
        "policy_name",
        "port",
        "model_path",
        "key",
        "dir_name",
        "url",
        "exc_info",
        "component",
        "finger_print",
        "name",
        "protocol",
    }
)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_secrets: ContextVar[tuple[str, ...]] = ContextVar("secrets", default=())
_standing: list[str] = []


def never_log(secret: str) -> None:
    """From now on `secret` is blanked in every line."""
    if len(secret) >= SHORTEST:
        _standing.append(secret)


@contextmanager
def withheld(text: str) -> Iterator[None]:
    """Within this block (and the tasks it starts) `text` is blanked in every line."""
    token = _secrets.set((*_secrets.get(), text) if len(text) >= SHORTEST else _secrets.get())
    try:
        yield
    finally:
        _secrets.reset(token)


def redact(line: str) -> str:
    """`line` without the texts to withhold, as they are and as Python or JSON would quote them."""
    for secret in (*_standing, *_secrets.get()):
        for form in (secret, ascii(secret)[1:-1], repr(secret)[1:-1]):
            line = line.replace(form, BLANK)
    return line


def places(error: BaseException) -> str:
    """Where `error` came from and its type, and that of its causes, without any message."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    tail = f"\ncaused by\n{places(cause)}" if cause is not None and cause is not error else ""
    return "\n".join([f"{type(error).__module__}.{type(error).__name__}", *lines]) + tail


class RedactedRecord(logging.LogRecord):
    """A log record whose message and traceback were redacted as it was made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        error = self.exc_info[1] if self.exc_info else None
        self.exc_info = None
        self.msg, self.args = redact(super().getMessage()), None
        if error is not None:
            self.msg = f"{self.msg}\n{places(error)}"


def keep_safe_fields(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: only the fields known to be harmless go on."""
    kept = {name: value for name, value in event.items() if name in SAFE_FIELDS}
    error = kept.pop("exc_info", None)
    if isinstance(error, BaseException):
        kept["error"] = places(error)
    elif error:
        current = sys.exc_info()[1]
        kept["error"] = places(current) if current else ""
    return kept


def install() -> None:
    """Applies all this to the standard library's logging and to Rasa's structlog. Call before Rasa starts."""
    import rasa.__main__ as rasa_main  # type: ignore[import-not-found]
    import structlog  # type: ignore[import-not-found]

    logging.setLogRecordFactory(RedactedRecord)
    configure_as_rasa_does = rasa_main.configure_structlog

    def configure(log_level: int | None = None) -> None:
        configure_as_rasa_does(log_level)
        processors = structlog.get_config()["processors"]
        structlog.configure(processors=[keep_safe_fields, *processors])

    rasa_main.configure_structlog = configure
