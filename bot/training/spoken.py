"""What patients say to the dialogue manager in few words: the examples of its intents, with the acuity that rules give.

Beside the labelled messages, which are told at length, so that an ordinary complaint is not read for an emergency.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.triage import screen
from models.reader.messages import Message

_FILES = ("health.en.yml", "health.zh.yml", "help.en.yml", "help.zh.yml")


def spoken(folder: Path) -> Iterator[Message]:
    """The examples under `folder` (data/nlu), in the order of the files."""
    for name in _FILES:
        for intent in yaml.safe_load((folder / name).read_text(encoding="utf-8"))["nlu"]:
            for line in intent["examples"].splitlines():
                text = line.removeprefix("- ").strip()
                yield Message(text, screen(text).acuity.value, name.split(".")[1], name)
