"""The second reader in this very process, for commands that run the parts without a server."""

from __future__ import annotations

from collections.abc import Callable

from bot.triage import Reading

NAME = "classifier"

Read = Callable[[str], Reading]


class NoReaderError(Exception):
    """There is no reader to be had here; the message says why."""


def local_reader() -> Read:
    """Load the reader that the model server would serve. NoReaderError where that cannot be."""
    from models.loading import LoadError, environment
    from models.settings import Settings

    settings = Settings()
    environment(settings)
    from models.loading import load_reader, quieten

    quieten()
    try:
        reader = load_reader(settings)
    except LoadError as problem:
        raise NoReaderError(str(problem)) from problem
    if reader is None:
        raise NoReaderError("no reader is trained: python -m models.reader.train")
    return lambda text: Reading.of(NAME, reader.classify([text])[0])
