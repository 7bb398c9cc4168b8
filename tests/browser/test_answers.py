"""A question is answered with its sources, sentence by sentence, in the patient's language."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat

pytestmark = [pytest.mark.system, pytest.mark.browser]

QUESTIONS = {"en": "How long does a cold last and do I need antibiotics?", "zh": "感冒一般多久能好？需要吃抗生素吗？"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_question_is_answered_sentence_by_sentence_with_sources(open_chat: OpenChat, lang: str) -> None:
    chat = open_chat(lang)
    chat.write(QUESTIONS[lang])
    expect(chat.answers).to_have_count(1, timeout=45_000)

    kinds = [frame["type"] for frame in chat.frames]
    final = next(frame["entry"] for frame in chat.received("entry") if frame["entry"]["kind"] == "answer")
    assert final["lang"] == lang
    assert final["answer"]["outcome"] == "answered"
    assert "partial" in kinds, "no sentence came ahead of the whole answer"
    assert chat.page.evaluate("seen.partial.length") > 0, "no sentence was shown ahead of the whole answer"

    shown = chat.answers.locator(".answer-sentence")
    expect(shown).to_have_count(len(final["answer"]["sentences"]))
    expect(chat.answers).to_contain_text(final["answer"]["sentences"][0]["text"])

    chat.answers.locator(".sources-toggle").click()
    source = chat.answers.locator(".source").first
    expect(source.locator("blockquote")).to_contain_text(final["answer"]["citations"][0]["quote"][:20])
    expect(source.locator("a")).to_have_attribute("href", final["answer"]["citations"][0]["url"])
    expect(source.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    expect(source.locator("a")).to_have_attribute("target", "_blank")


def test_a_reload_shows_the_same_conversation_once(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.write(QUESTIONS["en"])
    expect(chat.answers).to_have_count(1, timeout=45_000)
    before = chat.answers.inner_text()
    chat.page.reload()
    expect(chat.answers).to_have_count(1)
    expect(chat.said(QUESTIONS["en"])).to_have_count(1)
    assert chat.answers.inner_text() == before


def test_a_quick_reply_is_sent_once_and_then_gone(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.write("How do I make an appointment?")
    offered = chat.page.locator(".quick-reply", has_text="Opening hours")
    offered.click()
    expect(chat.said("Opening hours")).to_have_count(1)
    expect(chat.page.locator(".message.bot")).to_have_count(2)
    expect(offered).to_have_count(0)
