"""What can be wrong with the data that clinicians write."""

from __future__ import annotations


class DataError(Exception):
    """A data file breaks its schema; the message is `file:line: a plain sentence`."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message
