"""What the adapter is for: replies that copy the passages and cite them, over pages that it was not trained on."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from models.generator.articles import Article, knowledge
from models.generator.corpus import KNOWLEDGE
from models.generator.dataset import Example, held_out
from models.generator.evaluate import Judged, judge
from models.generator.prompt import Lang, load
from models.generator.weights import load_tokenizer
from models.settings import Settings
from tests.models.conftest import post

PAGES = [article for article in knowledge(KNOWLEDGE) if held_out(article)]
EVERY = 3
"""Of which every third is asked about, a few at a time: the server refuses what it cannot queue."""
AT_ONCE = 4


def questions(lang: Lang) -> list[Example]:
    """The first two sections of some held-out pages, each asked for with the page's next section beside it."""
    pages = [page for page in PAGES if page.lang == lang][::EVERY]
    return [_question(page, number) for page in pages for number in (0, 1)]


def _question(page: Article, number: int) -> Example:
    prompt, joiner = load(page.lang), "" if page.lang == "zh" else " "
    wanted, other = page.sections[number], page.sections[number + 2]
    passages = tuple(joiner.join(section.sentences[:2])[: prompt.passage_characters] for section in (wanted, other))
    return Example(page.key, page.lang, wanted.questions[0], passages, prompt.reply([(wanted.sentences[0], 1)]))


async def ask(client: aiohttp.ClientSession, example: Example) -> Judged:
    body = {
        "model": "careline-generator",
        "messages": example.messages,
        "temperature": 0,
        "max_tokens": load(example.lang).max_tokens,
    }
    _, answer = await post(client, "/v1/chat/completions", body)
    choice = answer["choices"][0]
    return judge(choice["message"]["content"], example, choice["finish_reason"] == "stop")


@pytest.mark.parametrize(("lang", "share"), [("en", 0.8), ("zh", 0.5)])
async def test_replies_copy_and_cite(client: aiohttp.ClientSession, lang: Lang, share: float) -> None:
    free = asyncio.Semaphore(AT_ONCE)

    async def in_turn(example: Example) -> Judged:
        async with free:
            return await ask(client, example)

    replies = await asyncio.gather(*map(in_turn, questions(lang)))
    assert len(replies) >= 6
    assert sum(reply.acceptable for reply in replies) >= share * len(replies)
    assert all(reply.cited for reply in replies)


def test_prompts_are_those_of_the_prompts_file() -> None:
    messages = load("en").messages("Why {me}?", ["One.", "Two {x}."])
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[1]["content"] == "[1] One.\n[2] Two {x}.\n\nQuestion: Why {me}?"
    text = load_tokenizer(Settings()).apply_chat_template(messages, tokenize=False)
    assert text.startswith("<|im_start|>system\nYou answer a patient's health question")
