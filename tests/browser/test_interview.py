"""The interview: one question at a time, answered by a button, a key or words, until it is clear what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat
from tests.browser.pages import ChatPage, DeskPage

pytestmark = [pytest.mark.system, pytest.mark.browser]

PHONE = {"viewport": {"width": 360, "height": 740}}
COMPLAINT = {"en": "my belly hurts a bit since lunch", "zh": "午饭后肚子有点痛"}
NURSE = {"en": "Talk to a nurse", "zh": "找护士"}
MOST = 7


def buttons(chat: ChatPage, replies: int) -> list[str]:
    """What can be pressed under the bot's reply of this number; in an interview each has some."""
    expect(chat.replies.nth(replies - 1)).to_be_visible()
    offered = chat.page.locator(".quick-replies").get_by_role("button")
    expect(offered.first).to_be_visible()
    return offered.all_inner_texts()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_questions_by_button_and_key_on_a_phone_until_it_is_clear_what_to_do(open_chat: OpenChat, lang: str) -> None:
    chat = open_chat(lang, **PHONE)
    chat.write(COMPLAINT[lang])
    questions = 0
    while NURSE[lang] not in (offered := buttons(chat, questions + 1)):
        questions += 1
        assert questions <= MOST
        chat.page.locator(".quick-replies").get_by_role("button", name=offered[1], exact=True).focus()
        chat.page.keyboard.press("Enter")
    assert questions >= 1
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("lang", "words", "number"), [("en", "yes it is", "999"), ("zh", "是的", "120")])
def test_an_answer_in_words_that_is_a_danger_is_an_emergency(
    open_chat: OpenChat, desk: DeskPage, lang: str, words: str, number: str
) -> None:
    chat = open_chat(lang)
    chat.write(COMPLAINT[lang])
    expect(chat.replies).to_have_count(1)
    chat.write(words)
    expect(chat.card).to_contain_text(number)
    expect(desk.row(chat).locator(".acuity")).to_have_text("Emergency")
    desk.claim(chat)
    expect(desk.page.locator(".note, .sbar").first).to_contain_text(words)
    desk.close()


def test_who_waits_answers_by_button_too(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.write("I have chest pain")
    expect(chat.page.get_by_text("Does the pain spread")).to_be_visible()
    chat.page.locator(".quick-replies").get_by_role("button", name="Yes").click()
    expect(chat.card).to_contain_text("999")
    desk.release(chat)
