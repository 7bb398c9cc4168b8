"""Chinese copying exercises: our Chinese pages are few, and the base model has hardly seen the script.

Sentences of common Chinese words from jieba's dictionary (MIT licence) in random order mean nothing, and that is the
point: what they teach is to copy a sentence that holds the asked words character by character, whatever it says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jieba  # type: ignore[import-untyped]

from models.generator.articles import Article, Section

_COMMON = 6000
_KINDS = ("n", "v", "a")
_ASKED = ("{}怎么办？", "{}是怎么回事", "请问{}要注意什么？", "我{}，该怎么做？", "关于{}")


@cache
def words() -> tuple[str, ...]:
    """The most frequent nouns, verbs and adjectives of two to four characters."""
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(" ") for line in lines]
    fit = [(int(count), word) for word, count, kind in rows if kind in _KINDS and 2 <= len(word) <= 4]
    return tuple(word for _, word in sorted(fit, reverse=True)[:_COMMON])


def exercises(count: int, seed: int) -> Iterator[Article]:
    """`count` articles of one section each."""
    dice = random.Random(seed)  # noqa: S311 - the same exercises from the same seed
    for number in range(count):
        topic = dice.choice(words())
        sentences = tuple(_sentence(topic, dice) for _ in range(dice.randint(2, 4)))
        questions = tuple(form.format(topic) for form in _ASKED)
        yield Article(f"exercise/{number}", "zh", (Section(questions, sentences),))


def _sentence(topic: str, dice: random.Random) -> str:
    parts = [dice.choice(words()) for _ in range(dice.randint(3, 9))]
    parts.insert(dice.randint(0, 2), topic)
    if dice.random() < 0.4:
        parts.insert(dice.randint(1, len(parts)), f"{dice.randint(1, 300)}{dice.choice('天次片克度')}")
    if len(parts) > 5:
        parts.insert(dice.randint(2, len(parts) - 2), "，")
    return "".join(parts) + "。"
