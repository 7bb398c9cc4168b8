"""The interview in pure form: what is asked, how replies are read, and what follows where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage import Acuity, Said, Verdict, interview_step, screen

REPLIES = (
    "yes",
    "no",
    "not sure",
    "what do you mean?",
    "I would rather not say",
    "有",
    "没有",
    "不知道",
    "不想回答",
    "it began on Tuesday",
)
COMPLAINTS = (
    "I have a headache",
    "my belly hurts",
    "I have chest pain",
    "肚子痛",
    "我发烧了",
    "头晕",
    "my toddler has a cough",
    "I feel so low",
)


class Talk:
    """A conversation in which the bot puts each question that the screen leaves open."""

    def __init__(self, complaint: str) -> None:
        self.said: list[Said] = []
        self.asked: list[str] = []
        self.verdict = self.say(complaint)

    def say(self, text: str) -> Verdict:
        self.verdict = screen(text, history=self.said)
        self.said.append(Said("patient", text))
        if ask := self.verdict.ask:
            self.asked.append(ask.id)
            self.said.append(Said("bot", ask.text))
        return self.verdict


@pytest.mark.parametrize(
    ("complaint", "reply", "acuity"),
    [
        ("my belly hurts", "yes", "emergency"),
        ("my belly hurts", "Yes, it does", "emergency"),
        ("肚子痛", "是的", "emergency"),
        ("肚子痛", "有一点", "emergency"),
        ("my belly hurts", "nope", "routine"),
        ("my belly hurts", "no not really", "routine"),
        ("肚子痛", "没有啊", "routine"),
    ],
)
def test_a_reply_in_ones_own_words_counts_like_the_button(complaint: str, reply: str, acuity: str) -> None:
    assert Talk(complaint).say(reply).acuity.value == acuity


def test_a_no_with_a_danger_behind_it_is_no_plain_no() -> None:
    talk = Talk("I have chest pain")
    assert talk.say("no but my left arm feels numb and I am sweating").acuity is Acuity.EMERGENCY


@pytest.mark.parametrize(("complaint", "reply"), [("my belly hurts", "not sure"), ("肚子痛", "不知道")])
def test_who_is_not_sure_of_a_danger_is_seen_by_a_human_today(complaint: str, reply: str) -> None:
    verdict = Talk(complaint).say(reply)
    assert verdict.acuity is Acuity.URGENT
    assert "interview_unsure" in {rule.id for rule in verdict.rules}
    assert verdict.advice
    assert any(number in verdict.advice for number in ("999", "120"))


@pytest.mark.parametrize(("complaint", "reply"), [("my belly hurts", "stop asking me things"), ("肚子痛", "别问了")])
def test_who_will_not_answer_is_treated_by_the_most_urgent_branch(complaint: str, reply: str) -> None:
    verdict = Talk(complaint).say(reply)
    assert verdict.acuity is Acuity.EMERGENCY
    assert "interview_unanswered" in {rule.id for rule in verdict.rules}
    assert verdict.ask is None


def test_a_reply_that_cannot_be_read_is_asked_for_once_more_and_then_counts_as_none() -> None:
    talk = Talk("my belly hurts")
    talk.say("it began on Tuesday after lunch")
    assert len(talk.asked) == 2
    assert len(set(talk.asked)) == 1
    assert talk.say("we had fish").acuity is Acuity.EMERGENCY


def test_an_interview_that_found_no_danger_ends_with_what_to_watch_for() -> None:
    talk = Talk("my belly hurts")
    while talk.verdict.ask:
        talk.say("no")
    assert talk.verdict.acuity is Acuity.ROUTINE
    assert "gets worse" in (talk.verdict.advice or "")


def test_the_complaint_is_known_at_the_end() -> None:
    talk = Talk("my belly hurts")
    step = interview_step("no", talk.said)
    assert (step.replies, step.understood, step.complaint) == (True, True, "my belly hurts")
    assert not interview_step("what are visiting hours", talk.said).understood
    assert not interview_step("hello", []).replies


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(COMPLAINTS), st.lists(st.sampled_from(REPLIES), max_size=12))
def test_no_run_of_replies_asks_too_much_or_after_an_emergency_or_gets_calmer(
    complaint: str, replies: list[str]
) -> None:
    talk = Talk(complaint)
    first = talk.verdict.acuity.rank
    for reply in replies:
        verdict = talk.say(reply)
        assert verdict.acuity.rank <= first or first == Acuity.EMERGENCY.rank
        assert verdict.ask is None or verdict.acuity is not Acuity.EMERGENCY
    assert len(talk.asked) <= 7
    assert all(talk.asked.count(ask) <= 2 for ask in talk.asked)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(COMPLAINTS), st.lists(st.sampled_from(("yes", "no", "not sure")), max_size=7))
def test_silence_about_a_question_is_never_safer_than_an_answer(complaint: str, replies: list[str]) -> None:
    talk, refusing = Talk(complaint), Talk(complaint)
    for reply in replies:
        if talk.verdict.ask is None:
            break
        talk.say(reply)
        refusing.say(reply)
    if refusing.verdict.ask:
        worst = refusing.say("I'd rather not say, stop asking").acuity.rank
        assert worst <= min(acuity_after(talk, answer) for answer in ("yes", "no", "not sure"))


def acuity_after(talk: Talk, answer: str) -> int:
    return screen(answer, history=talk.said).acuity.rank
