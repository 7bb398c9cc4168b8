"""With the action server dead: what needs no answer pipeline goes on, and nothing of the patient is logged."""

from __future__ import annotations

from tests.dialogue.conftest import CALM, Rasa


def test_a_human_the_hospital_and_the_screen_need_no_action_server(rasa: Rasa, sender: str) -> None:
    with rasa.without_actions():
        assert {"custom": {"kind": "handoff", "reason": "asked"}} in rasa.say(sender, "nurse please")
        assert "Example Hospital" in rasa.say(sender, "what are your opening hours")[0]["text"]
        advice = rasa.say(sender, "my chest", verdict={**CALM, "acuity": "urgent", "advice": "See a doctor today."})
        assert advice[0]["text"] == "See a doctor today."


def test_a_question_then_fails_visibly_and_the_dialogue_goes_on(rasa: Rasa, sender: str) -> None:
    with rasa.without_actions():
        assert rasa.say(sender, "how do I treat a zanzibar fever at home") == []
    assert "zanzibar" not in rasa.log.read_text(errors="replace")
    assert "action_answer_health_question" in rasa.log.read_text(errors="replace")
    assert "custom" in rasa.say(sender, "how do I treat a fever at home")[-1]
