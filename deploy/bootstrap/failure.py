"""The one kind of error that the set-up ends with."""

from __future__ import annotations


class Failure(Exception):
    """Set-up cannot go on; the message is one sentence that says what is wrong and how to mend it."""
