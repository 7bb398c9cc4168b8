"""The generator's examples: true copies, the same from the same seed, none of them over what is kept for measuring."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from models.generator.articles import Article, Section, knowledge
from models.generator.corpus import KNOWLEDGE, Corpus, corpus
from models.generator.dataset import Example, examples, held_out
from models.generator.evaluate import judge
from models.generator.exercises import exercises
from models.generator.sentences import split
from models.generator.train import encode
from models.generator.weights import load_tokenizer
from models.settings import Settings

OPTIONS = argparse.Namespace(knowledge=KNOWLEDGE, medquad=None, nhs=None, seed=3)


@pytest.fixture(scope="module")
def both() -> tuple[Corpus, Corpus]:
    """Training and measuring examples over our own pages."""
    return corpus(OPTIONS)


def test_every_wanted_reply_copies_and_cites_its_passages(both: tuple[Corpus, Corpus]) -> None:
    for examples_of in (*both[0].values(), *both[1].values()):
        for example in examples_of:
            verdict = judge(example.reply, example)
            assert verdict.acceptable, example
            assert verdict.cited == verdict.verbatim == verdict.right == verdict.sentences


def test_no_page_is_both_trained_on_and_measured_with(both: tuple[Corpus, Corpus]) -> None:
    trained, measured = ({page(e) for rows in part.values() for e in rows} for part in both)
    assert measured
    assert not trained & measured


def test_the_languages_of_a_page_stay_together() -> None:
    kept = [article for article in knowledge(KNOWLEDGE) if held_out(article)]
    assert kept
    english, chinese = ({page(article) for article in kept if article.lang == lang} for lang in ("en", "zh"))
    assert english == chinese


def page(one: Example | Article) -> str:
    return one.key.removesuffix(".en.md").removesuffix(".zh.md")


def test_the_same_seed_makes_the_same_examples_and_another_makes_others() -> None:
    articles = list(knowledge(KNOWLEDGE))
    english = [article for article in articles if article.lang == "en"]
    assert examples(english, 30, 5) == examples(english, 30, 5)
    assert examples(english, 30, 5) != examples(english, 30, 6)
    assert list(exercises(5, 1)) == list(exercises(5, 1))


def test_what_is_held_out_does_not_depend_on_what_else_there_is() -> None:
    articles = [Article(f"medquad/{number}", "en", ()) for number in range(2000)]
    share = sum(map(held_out, articles)) / len(articles)
    assert 0.07 < share < 0.13


def test_prompts_stay_within_the_length_that_the_prompts_file_promises(both: tuple[Corpus, Corpus]) -> None:
    tokenizer = load_tokenizer(Settings())
    sizes = [
        len(tokenizer.apply_chat_template(example.messages, return_dict=False))
        for rows in both[0].values()
        for example in rows
    ]
    assert sum(sizes) / len(sizes) < 450
    assert max(sizes) < 900


def test_the_loss_counts_the_reply_alone(both: tuple[Corpus, Corpus]) -> None:
    tokenizer = load_tokenizer(Settings())
    example = both[0]["ours, zh"][0]
    row = encode(example, tokenizer)
    counted = [token for token in row["labels"] if token != -100]
    assert tokenizer.decode(counted) == example.reply + tokenizer.eos_token
    assert row["input_ids"][-len(counted) :] == counted
    assert example.question in tokenizer.decode(row["input_ids"])


PASSAGES = ("Drink plenty of water. Do not take aspirin.", "Call a doctor if it gets worse.")
ASKED = Example("k", "en", "what helps?", PASSAGES, "Drink plenty of water. [1]")


@pytest.mark.parametrize(
    ("reply", "acceptable"),
    [
        ("Drink plenty of water. [1] Call a doctor if it gets worse. [2]", True),
        ("Drink plenty of water [1].", True),
        ("Drink plenty of water. [2]", False),
        ("Drink plenty of water. [7]", False),
        ("Drink plenty of water.", False),
        ("Do take aspirin. [1]", False),
        ("Drink plenty of water. Sleep well. [1]", False),
        ("", False),
    ],
)
def test_a_reply_is_acceptable_only_if_every_sentence_is_its_passages(reply: str, acceptable: bool) -> None:
    assert judge(reply, ASKED).acceptable is acceptable


def test_a_reply_without_an_end_is_not_acceptable() -> None:
    assert not judge(ASKED.reply, ASKED, finished=False).acceptable


def test_sentences_are_cut_where_they_end() -> None:
    assert split("Take 2.5 ml, e.g. Calpol. Ask Dr. Smith! Is it 38C?", "en") == [
        "Take 2.5 ml, e.g. Calpol.",
        "Ask Dr. Smith!",
        "Is it 38C?",
    ]
    assert split("多喝水。体温超过38.5℃怎么办？吃药！ 没有句号", "zh") == [
        "多喝水。",
        "体温超过38.5℃怎么办？",
        "吃药！",
    ]


def test_a_page_is_read_section_by_section(tmp_path: Path) -> None:
    folder = tmp_path / "skin"
    folder.mkdir()
    (folder / "rash.zh.md").write_text(
        "---\ntitle: 皮疹\naliases: [身上起疹子]\n---\n\n## 皮疹怎么办？\n\n不要抓。保持皮肤**清爽**。\n\n- 穿棉衣\n",
        "utf-8",
    )
    (article,) = knowledge(tmp_path)
    assert article.lang == "zh"
    (section,) = article.sections
    assert section == Section(("皮疹怎么办？", "身上起疹子：皮疹怎么办？"), ("不要抓。", "保持皮肤清爽。", "穿棉衣。"))
