"""What counts as the press of a button."""

from __future__ import annotations

import pytest

from bot.nlu.payload import Payload, is_press, parse

INTENTS = ("greet", "ask_human", "restart", "nlu_fallback")


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("/ask_human", Payload("ask_human")),
        ('/greet{"language": "zh"}', Payload("greet", {"language": "zh"})),
        ('/greet{"language": ["zh"]}', None),
        ('/greet{"role": "nurse"}', None),
        ("/greet{}", Payload("greet")),
        ("/greet{} chest pain", None),
        ("/greet{broken}", None),
        ('/greet{"language": "' + "z" * 65 + '"}', None),
        ("/restart", None),
        ("/nlu_fallback", None),
        ("/unknown", None),
        (" /greet", None),
        ("/greet\n", None),
        ("greet", None),
        ("", None),
    ],
)
def test_parse(text: str, payload: Payload | None) -> None:
    assert parse(text, INTENTS, ("language",)) == payload


@pytest.mark.parametrize(
    ("metadata", "may_be"),
    [({"button_pressed": True}, True), ({"button_pressed": "yes"}, False), ({"lang": "en"}, False), (None, True)],
)
def test_only_what_the_channel_marked_may_be_a_press(metadata: dict[str, object] | None, may_be: bool) -> None:
    assert is_press(metadata) is may_be
