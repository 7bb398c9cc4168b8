"""Plays the conversations of tests/conversations against the real dialogue manager and the real action server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dialogue.conftest import CALM, ROOT, Rasa

FILES = sorted((ROOT / "tests/conversations").glob("*.yml"))
Reply = dict[str, Any]


def conversations() -> list[Any]:
    found = []
    for path in FILES:
        for number, talk in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            found.append(pytest.param(talk, id=f"{path.stem}-{number}"))
    return found


def responses() -> dict[str, dict[str, str]]:
    """The text of every response, by name and language."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted((ROOT / "data/responses").glob("*.yml")):
        for name, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            texts[name] = {"zh" if "condition" in one else "en": one["text"] for one in variations}
    return texts


TEXTS = responses()


@pytest.mark.parametrize("talk", conversations())
def test_conversation(rasa: Rasa, sender: str, talk: dict[str, Any]) -> None:
    replies: list[Reply] = []
    for turn in talk["turns"]:
        replies = take_turn(rasa, sender, talk, turn, replies)
        said = turn.get("patient") or turn.get("press")
        assert len(replies) == len(turn["bot"]), f"{said}: {replies}"
        for reply, expected in zip(replies, turn["bot"], strict=True):
            check(reply, expected, talk["lang"], f"{said}: {replies}")


def take_turn(rasa: Rasa, sender: str, talk: dict[str, Any], turn: dict[str, Any], last: list[Reply]) -> list[Reply]:
    metadata = {} if talk.get("screen") == "own" else {"lang": talk["lang"], "verdict": turn.get("verdict", CALM)}
    body = {"sender": sender, "message": turn.get("patient") or turn["press"], "metadata": metadata}
    if "press" in turn:
        body["button"] = next(
            button["payload"]
            for reply in last
            for button in reply.get("buttons", ())
            if button["title"] == turn["press"]
        )
    status, replies = rasa.post(body)
    assert status == 200, replies
    return list(replies)


def check(reply: Reply, expected: dict[str, Any], lang: str, told: str) -> None:
    if "says" in expected:
        assert reply.get("text") == TEXTS[expected["says"]][expected.get("lang", lang)], told
    if "contains" in expected:
        assert expected["contains"] in reply.get("text", ""), told
    if "buttons" in expected:
        assert [button["title"] for button in reply.get("buttons", ())] == expected["buttons"], told
    if "custom" in expected:
        assert holds(reply.get("custom"), expected["custom"]), told


def holds(found: object, wanted: object) -> bool:
    """Whether `found` has at least what `wanted` says, at every depth."""
    if not isinstance(wanted, Mapping):
        return found == wanted
    return isinstance(found, Mapping) and all(holds(found.get(key), value) for key, value in wanted.items())


def test_every_response_stands_in_both_languages() -> None:
    one_language = {"utter_advice"}  # written with the rules, in the patient's language already
    assert {name for name, texts in TEXTS.items() if set(texts) != {"en", "zh"}} == one_language


@pytest.mark.parametrize("path", FILES, ids=lambda path: Path(path).stem)
def test_every_conversation_is_complete(path: Path) -> None:
    for talk in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert set(talk) <= {"name", "lang", "screen", "turns"}, talk
        assert all(turn.get("bot") for turn in talk["turns"]), talk["name"]
