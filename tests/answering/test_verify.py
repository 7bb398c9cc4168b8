"""No sentence passes that the passage does not carry."""

from __future__ import annotations

import pytest

from actions.answering.verify import check

EN = [
    [
        "The usual dose of paracetamol for adults is one or two 500mg tablets, up to 4 times in 24 hours.",
        "Do not give paracetamol to a baby under 2 months old unless a doctor says so.",
        "Call 999 if you have a headache with a high temperature and a stiff neck, or a rash.",
        "Call 999 or go to A&E if you have back pain and cannot pee, or cannot control your pee or poo.",
        "Drink plenty of water and rest when you have a headache.",
    ],
    ["Ibuprofen can be taken while breastfeeding.", "Take ibuprofen tablets with food."],
]
ZH = [
    [
        "成人自己用对乙酰氨基酚，24小时内不要超过4次，也就是不超过2克。",
        "孩子抽搐超过5分钟，要立即拨打120。",
        "感冒时要多休息、多喝温水。",
    ]
]


def reason(text: str, cited: tuple[int, ...] = (1,), lang: str = "en", before: tuple[str, ...] = ()) -> str:
    """Why a sentence fails; empty where it passes."""
    checked = check(text, cited, EN if lang == "en" else ZH, lang, before)
    assert checked.passed == (not checked.reason)
    return checked.reason


@pytest.mark.parametrize("text", [sentence for passage in EN for sentence in passage])
def test_the_passages_own_sentences_pass(text: str) -> None:
    assert reason(text, (1,) if text in EN[0] else (2,)) == ""


@pytest.mark.parametrize("text", ZH[0])
def test_the_passages_own_chinese_sentences_pass(text: str) -> None:
    assert reason(text, lang="zh") == ""


def test_a_difference_without_meaning_passes_and_the_page_is_shown_word_by_word() -> None:
    checked = check("Drink plenty of water, and rest, when you have the headache.", (1,), EN, "en", ())
    assert checked.text == "Drink plenty of water and rest when you have a headache."


def test_a_wrong_number_of_a_true_source_is_mended() -> None:
    assert check("Take ibuprofen tablets with food.", (1,), EN, "en", ()).passage == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("The usual dose of paracetamol for adults is one or two 500mg tablets, up to 8 times in 24 hours.", "number changed"),  # noqa: E501
        ("The usual dose of paracetamol for adults is one or two 500g tablets, up to 4 times in 24 hours.", "words changed"),  # noqa: E501
        ("The usual dose of paracetamol for adults is one or three 500mg tablets, up to 4 times in 24 hours.", "words changed"),  # noqa: E501
        ("The usual dose of ibuprofen for adults is one or two 500mg tablets, up to 4 times in 24 hours.", "words changed"),  # noqa: E501
        ("The usual dose of paracetamol for children is one or two 500mg tablets, up to 4 times in 24 hours.", "words changed"),  # noqa: E501
        ("The usual dose of paracetamol for adults is two or one 500mg tablets, up to 24 times in 4 hours.", "words changed"),  # noqa: E501
        ("Give paracetamol to a baby under 2 months old unless a doctor says so.", "negation changed"),
        ("Do not give paracetamol to a baby under 2 months old.", "condition changed"),
        ("Do not give paracetamol to a baby over 2 months old unless a doctor says so.", "condition changed"),
        ("Call 999 if you have a headache with a high temperature.", "condition changed"),
        ("Call 999 if you have a headache with a high temperature and a rash.", "condition changed"),
        ("Call 999 if you have a headache with a high temperature and a stiff neck and a rash.", "condition changed"),
        ("Call 999 or go to A&E if you have back pain and a high temperature and a stiff neck, or a rash.", "words changed"),  # noqa: E501
        ("Drinking water is the only way to stop a headache.", "unsupported"),
        ("Ibuprofen is the only way to remove them.", "unsupported"),
        ("You have migraine and will be well tomorrow.", "unsupported"),
        ("I will prescribe you 500mg paracetamol.", "unsupported"),
    ],
)  # fmt: skip
def test_a_changed_sentence_fails(text: str, says: str) -> None:
    assert reason(text) == says


@pytest.mark.parametrize(
    "text",
    [
        "成人自己用对乙酰氨基酚，24小时内不要超过8次，也就是不超过4克。",
        "成人自己用布洛芬，24小时内不要超过4次，也就是不超过2克。",
        "成人自己用对乙酰氨基酚，24小时内要超过4次，也就是不超过2克。",
        "孩子抽搐，要立即拨打120。",
        "孩子抽搐超过15分钟，要立即拨打120。",
        "多喝温水是治好感冒唯一的办法。",
    ],
)
def test_a_changed_chinese_sentence_fails(text: str) -> None:
    assert reason(text, lang="zh")


@pytest.mark.parametrize(
    ("text", "cited", "says"),
    [
        ("Drink plenty of water and rest when you have a headache.", (), "uncited"),
        ("Drink plenty of water and rest when you have a headache.", (7,), "cites what is not there"),
        ("Drink plenty of water and rest when you have", (1,), "cut off"),
        ("头痛时要多喝水，多休息。", (1,), "wrong language"),
        ("Buvez beaucoup d'eau et reposez-vous.", (1,), "unsupported"),
        ("Question: what helps a headache?", (1,), "leaks the prompt"),
        ("[2] Take ibuprofen tablets with food.", (2,), "leaks the prompt"),
        ("", (1,), "empty"),
        (".", (1,), "empty"),
    ],
)
def test_what_is_no_cited_sentence_fails(text: str, cited: tuple[int, ...], says: str) -> None:
    assert reason(text, cited) == says


def test_what_was_said_is_not_said_again() -> None:
    assert reason(EN[1][1], (2,), before=("Take the ibuprofen tablets with food.",)) == "repeated"
