"""The interview's form in the real dialogue manager: the screen chooses the questions, Rasa puts them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.triage import Said, screen
from tests.dialogue.conftest import Rasa

COMPLAINT = {"en": "my belly hurts", "zh": "肚子痛"}


class Talk:
    """What the chat server does around Rasa: screens each message with all that was said, and keeps the log."""

    def __init__(self, rasa: Rasa, sender: str, lang: str) -> None:
        self._rasa, self._sender, self._lang = rasa, sender, lang
        self._said: list[Said] = []

    def say(self, text: str) -> list[dict[str, Any]]:
        verdict = screen(text, lang=self._lang, history=self._said, region="GB" if self._lang == "en" else "CN")
        history = [{"from": line.speaker, "text": line.text} for line in self._said]
        replies = self._rasa.say(self._sender, text, lang=self._lang, verdict=verdict.to_dict(), history=history)
        self._said.append(Said("patient", text))
        self._said += [Said("bot", reply["text"]) for reply in replies if reply.get("text")]
        return replies


def asked(replies: list[dict[str, Any]]) -> bool:
    return {"kind": "question"} in [reply.get("custom") for reply in replies]


def kinds(replies: list[dict[str, Any]]) -> list[str]:
    return [reply["custom"]["kind"] for reply in replies if reply.get("custom")]


@pytest.mark.parametrize(("lang", "no"), [("en", "no, not at all"), ("zh", "没有")])
def test_questions_until_the_urgency_is_clear_then_what_to_do(rasa: Rasa, sender: str, lang: str, no: str) -> None:
    talk = Talk(rasa, sender, lang)
    replies, questions = talk.say(COMPLAINT[lang]), []
    while asked(replies):
        questions.append(replies[0]["text"])
        replies = talk.say(no)
    assert 1 <= len(questions) <= 7
    assert len(set(questions)) == len(questions)
    assert replies[0]["text"]
    assert [button["payload"] for button in replies[0]["buttons"]] == ["/ask_human"]


def test_another_complaint_begins_another_interview(rasa: Rasa, sender: str) -> None:
    talk = Talk(rasa, sender, "en")
    replies = talk.say(COMPLAINT["en"])
    while asked(replies):
        replies = talk.say("no")
    assert asked(talk.say("and now I have a headache too"))


def test_a_question_of_the_patients_leaves_the_interview(rasa: Rasa, sender: str) -> None:
    talk = Talk(rasa, sender, "en")
    assert asked(talk.say(COMPLAINT["en"]))
    assert kinds(talk.say("what are visiting hours")) == ["interview_left"]


def test_who_is_not_understood_is_asked_once_more(rasa: Rasa, sender: str) -> None:
    talk = Talk(rasa, sender, "en")
    first = talk.say(COMPLAINT["en"])
    again = talk.say("well it started on tuesday after lunch")
    assert asked(again)
    assert again[0]["text"] == first[0]["text"]
