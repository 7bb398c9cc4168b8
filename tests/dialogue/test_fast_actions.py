"""Calling an action is made cheaper, and nothing else about it changes."""

from __future__ import annotations

import json
import subprocess

from tests.dialogue.conftest import RASA_PYTHON, ROOT


def test_responses_are_accepted_and_refused_as_stock_rasa_does() -> None:
    program = [RASA_PYTHON, "-W", "ignore", "-m", "tests.dialogue.compare_actions"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    judged = json.loads(done.stdout.splitlines()[-1])
    assert judged["fast"] == judged["stock"] == judged["again"]
    responses, events = judged["stock"]
    assert responses.count("True") >= 7
    assert sum(verdict.startswith("ValidationError") for verdict in responses) >= 6
    assert any(verdict.startswith("ValueError: Unknown event name 'dance'") for verdict in events)
