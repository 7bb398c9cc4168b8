"""From what Rasa said to what the patient sees."""

from __future__ import annotations

from bot.conversation.entry import Button
from bot.conversation.rasa import RasaReply
from bot.conversation.replies import Handoff, read_replies, wants_fresh_session
from bot.triage import Question

ANSWER = {
    "outcome": "answered",
    "answer": "Rest. [1]",
    "sentences": [{"text": "Rest.", "citations": [1]}],
    "citations": [{"n": 1, "title": "Colds", "url": "https://example.org", "quote": "Rest."}],
    "help": None,
    "acuity": "self_care",
}


def test_text_and_buttons() -> None:
    outcome = read_replies([RasaReply("A nurse?", (Button("Yes", "/ask_human"),))], "en")
    assert [(entry.text, entry.kind) for entry in outcome.entries] == [("A nurse?", "text")]
    assert outcome.entries[0].to_wire()["buttons"] == [{"title": "Yes"}]


def test_an_answer_keeps_its_sources() -> None:
    """Rasa sends the buttons of a custom message apart, before it."""
    buttons = RasaReply(buttons=(Button("A nurse", "/ask_human"),))
    (entry,) = read_replies([buttons, RasaReply(custom={"kind": "answer", "answer": ANSWER})], "en").entries
    assert (entry.kind, entry.text) == ("answer", "Rest. [1]")
    assert entry.answer is not None
    assert entry.answer["citations"] == ANSWER["citations"]
    assert entry.buttons


def test_a_handoff_and_a_language() -> None:
    outcome = read_replies(
        [
            RasaReply(custom={"kind": "handoff", "reason": "asked"}),
            RasaReply(custom={"kind": "language", "lang": "zh"}),
        ],
        "en",
    )
    assert outcome.handoff == Handoff("asked", "routine")
    assert outcome.lang == "zh"
    assert outcome.entries == ()


def test_what_cannot_be_read_is_for_a_human() -> None:
    for custom in ({"kind": "dance"}, {"kind": "answer", "answer": {}}, {"kind": "language", "lang": "fr"}, {"a": 1}):
        assert read_replies([RasaReply(custom=custom)], "en").handoff == Handoff("unreadable_reply", "routine")


def test_nothing_said_and_nothing_asked_is_a_failure() -> None:
    assert read_replies([RasaReply()], "en").empty
    assert not read_replies([RasaReply("Hello")], "en").empty


ASK = Question("belly_severity", "Is it so bad that you cannot keep still?", ("Yes", "No"))


def test_a_question_of_the_screen_gets_its_answers_as_buttons() -> None:
    said = [RasaReply(ASK.text), RasaReply(custom={"kind": "question"})]
    (entry,) = read_replies(said, "en", ASK).entries
    assert entry.question == ASK.id
    assert [button.title for button in entry.buttons] == ["Yes", "No"]
    assert {button.payload for button in entry.buttons} == {""}, (
        "the patient's words, read by the screen like any others"
    )


def test_who_leaves_the_interview_is_answered_in_a_fresh_session() -> None:
    assert wants_fresh_session([RasaReply("Of course."), RasaReply(custom={"kind": "interview_left"})])
    assert not wants_fresh_session([RasaReply("Of course.")])
