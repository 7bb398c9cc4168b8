"""Makes the generator's examples: numbered passages and a question in, sentences of the passages with numbers out.

Nothing but copying is taught: a model of this size learns to copy, not to choose and not to refuse, and what it copies
can be checked. The same seed and the same articles make the same examples.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from models.generator.articles import Article, Section
from models.generator.prompt import Lang, Messages, load

_SENTENCES = (1, 2, 2, 3, 3, 3, 4)
"""How many sentences an answer has, as often as listed."""


@dataclass(frozen=True)
class Example:
    """One question with its passages, and the reply that is wanted."""

    key: str
    lang: Lang
    question: str
    passages: tuple[str, ...]
    reply: str

    @property
    def messages(self) -> Messages:
        """What the generator is asked."""
        return load(self.lang).messages(self.question, list(self.passages))


def held_out(article: Article) -> bool:
    """Whether the article is kept for measuring: decided by its name, so it stays so when others come or go.

    Of our own pages, which are few, one in five; of the others one in ten. The two languages of a page stay together.
    """
    share = 0.2 if article.key.startswith("knowledge/") else 0.1
    digest = hashlib.sha256(re.sub(r"\.(en|zh)\.md$", "", article.key).encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def examples(articles: Iterable[Article], count: int, seed: int) -> list[Example]:
    """`count` examples over articles of one language, each article as often as any other."""
    pool = sorted(articles, key=lambda article: article.key)
    if not pool:
        return []
    dice = random.Random(seed)  # noqa: S311 - the same examples from the same seed
    dice.shuffle(pool)
    return [_example(pool[number % len(pool)], pool, dice) for number in range(count)]


def _example(article: Article, pool: list[Article], dice: random.Random) -> Example:
    prompt = load(article.lang)
    section = dice.choice(article.sections)
    chosen = _passages(section, prompt.passage_characters, dice)[: dice.choice((1, 1, 2))]
    others = _others(article, section, pool, dice)
    room = dice.randint(len(chosen), prompt.passages) - len(chosen)
    marked = [(sentences, True) for sentences in chosen] + [(sentences, False) for sentences in others[:room]]
    if dice.random() < 0.4:
        dice.shuffle(marked)
    joiner = "" if article.lang == "zh" else " "
    wanted = [(text, n) for n, (sentences, right) in enumerate(marked, 1) if right for text in sentences]
    return Example(
        key=article.key,
        lang=article.lang,
        question=_spelt(dice.choice(section.questions), article.lang, dice)[: prompt.question_characters],
        passages=tuple(joiner.join(sentences) for sentences, _ in marked),
        reply=prompt.reply(_spread(wanted, dice.choice(_SENTENCES))),
    )


def _passages(section: Section, limit: int, dice: random.Random) -> list[list[str]]:
    """The section cut into passages of at most `limit` characters, from somewhere in it on."""
    cut: list[list[str]] = []
    size = limit + 1
    room = int(limit * dice.uniform(0.4, 1))
    for text in section.sentences:
        if size + len(text) > room:
            cut.append([])
            size = 0
        cut[-1].append(text[:limit])
        size += len(text) + 1
    return cut[dice.randrange(len(cut)) if dice.random() < 0.3 else 0 :]


def _others(article: Article, section: Section, pool: list[Article], dice: random.Random) -> list[list[str]]:
    """Passages that do not answer: of other sections of the article, then of other articles."""
    limit = load(article.lang).passage_characters
    near = [other for other in article.sections if other is not section]
    far = [dice.choice(dice.choice(pool).sections) for _ in range(3)]
    dice.shuffle(near)
    # A passage that says the same would make two numbers right.
    said = set(section.sentences)
    found = [other for other in near[:1] + far if not said & set(other.sentences)]
    return [_passages(other, limit, dice)[0] for other in found]


def _spread(sentences: list[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """`count` sentences in order, at least one of each passage where there is room."""
    first = {n: number for number, (_, n) in reversed(list(enumerate(sentences)))}
    order = sorted(range(len(sentences)), key=lambda number: (number not in first.values(), number))
    return [sentences[number] for number in sorted(order[:count])]


def _spelt(question: str, lang: Lang, dice: random.Random) -> str:
    """The question as a patient in a hurry may type it."""
    if lang == "zh":
        return question.rstrip("？。") if dice.random() < 0.3 else question
    if dice.random() < 0.4:
        question = question.lower().rstrip("?")
    if dice.random() < 0.15 and len(question) > 12:
        at = dice.randrange(3, len(question) - 3)
        question = question[:at] + question[at + 1 :]
    return question
