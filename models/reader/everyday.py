"""What patients say to a chat that is no complaint: the reader learns that most words are not about an illness.

From data of other parts: the examples of talk, hospital and privacy intents (`data/nlu`) and the questions beside the
knowledge pages (`near` in `data/questions`). All of it is self-care.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from models.reader.messages import Message
from models.settings import ROOM

DATA = ROOM.parent / "data"
_INTENTS = ("talk", "hospital", "privacy")
_LANGS = ("en", "zh")


def everyday(data: Path = DATA) -> list[Message]:
    """Every such line, in the order of the files."""
    return [*_examples(data / "nlu"), *_near(data / "questions")]


def _examples(folder: Path) -> Iterator[Message]:
    for lang in _LANGS:
        for name in _INTENTS:
            for intent in _read(folder / f"{name}.{lang}.yml")["nlu"]:
                for line in intent["examples"].splitlines():
                    yield _line(line.removeprefix("- ").strip(), lang, name)


def _near(folder: Path) -> Iterator[Message]:
    for lang in _LANGS:
        for path in sorted(folder.glob(f"*.{lang}.yml")):
            for topic in _read(path).values():
                for question in topic.get("near", ()):
                    yield _line(question, lang, path.stem)


def _line(text: str, lang: str, file: str) -> Message:
    return Message(text, "self_care", lang, file)


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
