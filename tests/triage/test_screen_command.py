"""`careline screen`: the JSON lines contract."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands import screen as command
from bot.commands.screen import screen_lines
from bot.conversation.words_reader import WordsReader
from bot.settings import WORDS_FILE
from bot.system.reader import NoReaderError


def run(*lines: str) -> tuple[int, list[dict[str, Any]]]:
    output = io.StringIO()
    code = screen_lines(lines, output)
    return code, [json.loads(line) for line in output.getvalue().splitlines()]


def test_one_verdict_per_line_in_order() -> None:
    code, answers = run(
        '{"id": "a", "text": "I have crushing chest pain and my left arm is numb"}',
        '{"id": 2, "text": "我爸突然说话不清楚，右边手脚没力气", "lang": "zh", "region": "HK"}',
        '{"id": "c", "text": "hello"}',
    )
    assert code == 0
    assert [one["id"] for one in answers] == ["a", 2, "c"]
    assert [one["acuity"] for one in answers] == ["emergency", "emergency", "self_care"]
    assert set(answers[0]) == {"id", "acuity", "findings", "rules", "ask", "advice", "lang", "ms"}
    assert "acute_coronary" in answers[0]["rules"]
    assert set(answers[0]["findings"][0]) == {"id", "status", "quote"}
    assert "999" in answers[1]["advice"]
    assert answers[2]["advice"] is None


def test_history_counts() -> None:
    earlier = [{"from": "patient", "text": "I have a fever and a headache"}]
    request = {"id": 1, "text": "and a stiff neck", "history": earlier}
    assert run(json.dumps(request))[1][0]["acuity"] == "emergency"


@pytest.mark.parametrize(
    ("line", "line_id"),
    [
        ("not json", None),
        ("[1]", None),
        ("", None),
        ('{"text": "hi"}', None),
        ('{"id": 7}', 7),
        ('{"id": 7, "text": 1}', 7),
        ('{"id": 7, "text": "x", "lang": "fr"}', 7),
        ('{"id": 7, "text": "x", "history": "y"}', 7),
        ('{"id": 7, "text": "x", "history": [{"from": "nurse", "text": "y"}]}', 7),
        ('{"id": 7, "text": "x", "region": 3}', 7),
    ],
)
def test_a_bad_line_is_told_and_the_rest_is_done(line: str, line_id: object) -> None:
    code, answers = run('{"id": 1, "text": "hi"}', line, '{"id": 3, "text": "hi"}')
    assert code == 1
    assert [one["id"] for one in answers] == [1, line_id, 3]
    assert "error" in answers[1]
    assert "acuity" in answers[2]


def test_readers_raise_what_the_rules_say_of_a_line() -> None:
    output = io.StringIO()
    line = json.dumps({"id": 1, "text": "mum has gone the colour of putty and keeps sliding down the armchair"})
    assert screen_lines([line], output, [WordsReader.load(WORDS_FILE).read]) == 0
    answer = json.loads(output.getvalue())
    assert (answer["acuity"], answer["rules"]) == ("emergency", ["reader_emergency"])


def test_the_explanation_shows_what_each_reader_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Any:
        raise NoReaderError("not trained")

    monkeypatch.setattr(command, "local_reader", none)
    result = CliRunner().invoke(app, ["screen", "--explain", "mum has gone the colour of putty"])
    assert result.exit_code == 0
    assert "words: emergency 0." in result.stdout
    assert "The classifier says nothing: not trained" in result.stderr


def test_each_line_is_answered_before_the_next_is_read() -> None:
    output = io.StringIO()
    seen: list[int] = []

    def lines() -> Any:
        for number in range(3):
            seen.append(len(output.getvalue().splitlines()))
            yield json.dumps({"id": number, "text": "hi"})

    screen_lines(lines(), output)
    assert seen == [0, 1, 2]
