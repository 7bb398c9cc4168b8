"""What surrounds a finding decides whether it is said of the patient now."""

from __future__ import annotations

import pytest

from bot.triage import Said, screen


def status(text: str, finding: str) -> str | None:
    return next((one.status for one in screen(text).findings if one.id == finding), None)


@pytest.mark.parametrize(
    ("text", "finding", "expected"),
    [
        ("I have no chest pain", "chest_pain", "absent"),
        ("my chest does not hurt", "chest_pain", "absent"),
        ("no chest pain, fever or rash", "rash", "absent"),
        ("no fever but my chest hurts", "chest_pain", "present"),
        ("not that I don't have chest pain", "chest_pain", "present"),
        ("no breathlessness and no chest pain", "chest_pain", "absent"),
        # a denial after a comma is of what follows it
        ("crushing chest pain, no fever", "chest_pain", "present"),
        ("I'm writing a novel. A man is unconscious in chapter one", "unconscious", "absent"),
        ("essay on sepsis due Friday. My chest hurts and is tight", "chest_pain", "present"),
        ("第一次写小说，主角心脏病发作", "heart_attack", "absent"),
        ("写论文写到胸口痛", "chest_pain", "present"),
        ("不喘嘴唇不肿", "allergic_swelling", "absent"),
        ("不出血，不肚子疼", "bleeding", "absent"),
        ("左下腹痛三天，以前得过憩室炎", "belly_pain", "present"),
        ("孩子发烧，在看动画片", "fever", "present"),
        ("I'll be in on Tuesday", "unwell", None),
        ("I'm ill and it's getting worse", "unwell", "present"),
        ("when I was 22 I took an overdose", "overdose", "absent"),
        ("chest pain: no", "chest_pain", "absent"),
        ("chest pain was ruled out", "chest_pain", "absent"),
        ("没有呼吸困难", "unconscious", None),
        ("I'm not ok my chest hurts", "chest_pain", "present"),
        ("what if I get chest pain tonight", "chest_pain", "unknown"),
        ("what are the symptoms of a heart attack", "heart_attack", "unknown"),
        ("I had a seizure years ago", "seizure", "absent"),
        ("I had a nosebleed. It has stopped now", "nosebleed", "absent"),
        ("my face drooped for ten minutes, it went away", "face_droop", "present"),
        ("my dog had a seizure", "seizure", "absent"),
        ("my dog is fine but my dad had a seizure", "seizure", "present"),
        ("in the film a man has a heart attack", "heart_attack", "absent"),
        ("没有胸痛", "chest_pain", "absent"),
        ("没有胸痛、发烧", "fever", "absent"),
        ("胸口不痛", "chest_pain", "absent"),
        ("没有发烧，但是胸口痛", "chest_pain", "present"),
        ("不是没有胸痛", "chest_pain", "present"),
        ("如果胸痛怎么办", "chest_pain", "unknown"),
        ("心脏病发作有什么症状", "heart_attack", "unknown"),
        ("我去年抽搐过一次，口吐白沫", "seizure", "absent"),
        ("我家狗抽搐了", "seizure", "absent"),
    ],
)
def test_status(text: str, finding: str, expected: str | None) -> None:
    assert status(text, finding) == expected


@pytest.mark.parametrize(
    "text",
    [
        "does paracetamol help with chest colds",
        "my phone died",
        "this traffic is killing me",
        "opening hours",
        "what are your opening hours",
        "我笑死了",
        "the film gave me a heart attack",
        "thank you",
        "",
        "👍👍👍",
    ],
)
def test_no_crying_wolf(text: str) -> None:
    assert screen(text).acuity.value == "self_care"


def test_a_routine_report_is_never_urgent() -> None:
    assert screen("I've had a runny nose for two days").acuity.value in {"self_care", "routine"}


@pytest.mark.parametrize(
    "text",
    [
        "I have crushing chest pain and my left arm is numb",
        "我爸突然说话不清楚，右边手脚没力气",
        "我爸突然說話不清楚，右邊手腳沒力氣",
        "I HAVE CRUSHING CHEST PAIN!!!",
        "i hav crushng chest pian",
        "crushing\u3000chest\u3000pain",
        "我胸口 crushing pain，喘不上气",
    ],
)
def test_the_same_emergency_in_other_letters(text: str) -> None:
    assert screen(text).acuity.value == "emergency"


def test_findings_add_up_over_the_conversation() -> None:
    history = [Said("patient", "my daughter has a headache"), Said("bot", "Anything else?"), Said("patient", "a fever")]
    assert screen("and a stiff neck", history=history).acuity.value == "emergency"
    assert screen("and a stiff neck").acuity.value != "emergency"


def test_an_answer_to_our_question_decides_a_finding() -> None:
    first = screen("I have chest pain")
    assert first.ask is not None
    history = [Said("patient", "I have chest pain"), Said("bot", first.ask.text)]
    assert screen("yes", history=history).acuity.value == "emergency"
    assert screen("no", history=history).acuity.value == "urgent"


def test_what_the_bot_says_is_not_the_patients() -> None:
    history = [Said("bot", "If you have crushing chest pain, call 999.")]
    assert screen("thanks", history=history).acuity.value == "self_care"


def test_no_question_once_an_emergency_is_clear() -> None:
    assert screen("I have crushing chest pain").ask is None
