"""`careline ask`: one line out for each line in, in order, in the promised shape."""

from __future__ import annotations

import io
import json
from typing import Any

from actions.answering.assemble import Assembled
from bot.commands.ask import answer_lines

KEYS = {"id", "outcome", "answer", "sentences", "citations", "acuity", "ms"}


async def ask(parts: Assembled, *lines: Any) -> tuple[list[dict[str, Any]], int]:
    """The lines that come out, and how many were bad."""
    out = io.StringIO()
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    bad = await answer_lines([line + "\n" for line in written], out, parts.pipeline)
    return [json.loads(line) for line in out.getvalue().splitlines()], bad


async def test_answers_have_the_promised_shape_and_order(parts: Assembled) -> None:
    found, bad = await ask(
        parts,
        {"id": "a", "text": "How long does a cold last?"},
        {"id": 2, "text": "便秘吃什么好", "lang": "zh"},
        {"id": "c", "text": "what are the opening hours of the zoo"},
        {"id": "d", "text": "Prescribe me some antibiotics"},
        {"id": "e", "text": "I have crushing chest pain and my left arm is numb"},
    )
    assert bad == 0
    assert [one["id"] for one in found] == ["a", 2, "c", "d", "e"]
    assert [one["outcome"] for one in found] == ["answered", "answered", "not_covered", "refused", "escalated"]
    assert all(one.keys() == KEYS for one in found)
    assert found[4]["acuity"] == "emergency"
    assert "999" in found[4]["answer"]
    numbers = {citation["n"] for citation in found[0]["citations"]}
    assert all(set(sentence["citations"]) <= numbers for sentence in found[0]["sentences"])
    assert all(citation.keys() == {"n", "title", "url", "quote"} for citation in found[0]["citations"])


async def test_history_carries_a_follow_up(parts: Assembled) -> None:
    history = [{"from": "patient", "text": "Can I take ibuprofen?"}, {"from": "bot", "text": "Most adults can."}]
    found, _ = await ask(parts, {"id": 1, "text": "what about on an empty stomach?", "history": history})
    assert found[0]["citations"][0]["title"] == "Ibuprofen"


async def test_a_bad_line_is_named_and_the_others_are_done(parts: Assembled) -> None:
    found, bad = await ask(
        parts,
        "{not json",
        '["a list"]',
        {"text": "no id"},
        {"id": 4, "text": ""},
        {"id": 5, "text": "cold", "lang": "fr"},
        {"id": 6, "text": "cold", "history": "none"},
        {"id": 7, "text": "cold", "history": [{"from": "nurse", "text": "x"}]},
        {"id": 8, "text": "How long does a cold last?"},
    )
    assert bad == 7
    assert [one["id"] for one in found] == [None, None, None, 4, 5, 6, 7, 8]
    assert all(one.keys() == {"id", "error"} for one in found[:7])
    assert found[7]["outcome"] == "answered"


async def test_an_error_does_not_repeat_what_the_patient_said(parts: Assembled) -> None:
    found, _ = await ask(parts, '{"id": 1, "text": "my secret illness"', {"id": 2, "text": ["my secret illness"]})
    assert "secret" not in json.dumps(found)
