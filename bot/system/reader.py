"""The learned readers in this very process, for commands that run the parts without a server."""

from __future__ import annotations

from collections.abc import Callable

from bot.conversation.words_reader import WordsReader
from bot.settings import Settings
from bot.triage import CLASSIFIER, Reading

Read = Callable[[str], Reading]


class NoReaderError(Exception):
    """There is no reader to be had here; the message says why."""


def reader_by_words() -> Read | None:
    """The one that the chat server has; None where a setting says that there is none."""
    weights = Settings().words_reader
    return None if weights is None else WordsReader.load(weights).read


def local_reader() -> Read:
    """Load the reader that the model server would serve. NoReaderError where that cannot be."""
    from models.loading import LoadError, environment
    from models.settings import Settings as ModelSettings

    settings = ModelSettings()
    environment(settings)
    from models.loading import load_reader, quieten

    quieten()
    try:
        reader = load_reader(settings)
    except LoadError as problem:
        raise NoReaderError(str(problem)) from problem
    if reader is None:
        raise NoReaderError("no reader is trained: python -m models.reader.train")
    return lambda text: Reading.of(CLASSIFIER, reader.classify([text])[0])
