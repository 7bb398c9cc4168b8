"""A connection that breaks loses nothing, repeats nothing, and the patient is told the truth meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import OpenChat
from tests.browser.pages import ChatPage
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser]


def _lines(chat: ChatPage) -> list[str]:
    return [text.strip() for text in chat.page.locator(".message.patient .bubble").all_inner_texts()]


def _texts_stored(chat: ChatPage) -> list[str]:
    """The patient's messages as the server holds them: what a fresh page is given."""
    url = chat.page.url
    chat.page.goto("about:blank")  # the old page's socket has said its last before the frames are counted
    chat.frames.clear()
    chat.page.goto(url)
    chat.wait_connected()
    chat.page.wait_for_timeout(700)
    entries = [frame["entry"] for frame in chat.received("entry")]
    return [entry["text"] for entry in entries if entry["from"] == "patient"]


def test_words_written_without_a_network_are_kept_and_sent_once(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.write("one")
    expect(chat.said("one")).to_have_attribute("data-state", "sent")
    chat.page.context.set_offline(True)
    chat.write("two")
    chat.write("three")
    expect(chat.page.locator(".banner.offline")).to_contain_text(re.compile(r"kept here.*call 999", re.S))
    expect(chat.said("three")).to_contain_text("not sent yet")
    chat.page.context.set_offline(False)
    expect(chat.said("three")).to_have_attribute("data-state", "sent")
    expect(chat.page.locator(".banner.offline")).to_have_count(0)
    assert _lines(chat) == ["one", "two", "three"]
    assert _texts_stored(chat) == ["one", "two", "three"]


def test_a_restart_of_the_chat_server_loses_and_repeats_nothing(open_chat: OpenChat, system: RunningSystem) -> None:
    chat = open_chat()
    chat.write("hello")
    expect(chat.replies).to_have_count(1)
    system.stop("chat")
    chat.write("written while the server was away")
    expect(chat.page.locator(".banner.offline")).to_be_visible()
    system.start("chat")
    system.wait_healthy("chat")
    expect(chat.said("written while")).to_have_attribute("data-state", "sent", timeout=30_000)
    expect(chat.said("hello")).to_have_count(1)
    expect(chat.replies).not_to_have_count(1)
    assert _texts_stored(chat) == ["hello", "written while the server was away"]


def test_unsent_words_survive_the_page(open_chat: OpenChat, system: RunningSystem) -> None:
    chat = open_chat()
    chat.page.route("**/api/**", lambda route: route.abort())
    system.stop("chat")
    chat.write("how long does a cold last")
    expect(chat.said("how long does a cold last")).to_contain_text("not sent yet")
    chat.page.goto("about:blank")
    system.start("chat")
    system.wait_healthy("chat")
    chat.page.unroute("**/api/**")
    chat.open(system.url)
    expect(chat.said("how long does a cold last")).to_have_attribute("data-state", "sent")
    assert _texts_stored(chat) == ["how long does a cold last"]


def test_a_new_patient_is_read_for_an_emergency_while_no_conversation_can_be_kept(
    system: RunningSystem, new_context: Callable[..., BrowserContext]
) -> None:
    system.stop("redis")
    chat = ChatPage(new_context().new_page())
    chat.open(system.url)
    chat.write("I have crushing chest pain and my left arm is numb")
    expect(chat.card).to_contain_text("999")
    expect(chat.said("crushing")).to_contain_text("not sent yet")
    system.start("redis")
    system.wait_healthy("redis")
    expect(chat.said("crushing")).to_have_attribute("data-state", "sent", timeout=30_000)
    expect(chat.said("crushing")).to_have_count(1)
    expect(chat.card).to_have_count(1)


def test_forgetting_leaves_nothing_on_the_device(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.write("hello")
    expect(chat.replies).to_have_count(1)
    chat.page.get_by_role("button", name="More options").click()
    chat.page.get_by_role("button", name="End and forget").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="End and forget").click()
    expect(chat.page.get_by_text("Nothing of the conversation is left")).to_be_visible()
    kept = chat.page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key != "careline.lang"] == []
    chat.page.reload()
    chat.wait_connected()
    expect(chat.said("hello")).to_have_count(0)


def test_a_key_that_no_longer_opens_starts_a_new_conversation_and_keeps_the_words(open_chat: OpenChat) -> None:
    chat = open_chat()
    before = chat.conversation
    chat.page.evaluate("localStorage.setItem('careline.conversation', JSON.stringify({conversation: 'x', token: 'y'}))")
    chat.page.reload()
    expect(chat.page.get_by_text("a new one was started")).to_be_visible()
    chat.write("hello")
    expect(chat.said("hello")).to_have_attribute("data-state", "sent")
    assert chat.conversation not in ("x", before)
