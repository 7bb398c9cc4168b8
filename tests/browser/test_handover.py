"""A nurse takes over: the patient sees who reads, the bot is silent, and the way back is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat
from tests.browser.pages import DeskPage

pytestmark = [pytest.mark.system, pytest.mark.browser]

SILENCE_MS = 3_000  # the bot's reply to a greeting takes a tenth of this


def test_a_nurse_takes_over_writes_and_hands_back(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.ask_for_nurse()
    expect(chat.status).to_contain_text("You are number")
    chat.write("It is about my appointment")

    desk.claim(chat)
    expect(chat.status).to_contain_text("is reading this")
    desk.write("Good morning, how can I help?\nTake your time.")
    reply = chat.page.locator(".message.nurse")
    expect(reply).to_contain_text("Good morning, how can I help?")
    expect(desk.page.locator(".entry.unsent")).to_have_count(0)
    expect(desk.page.locator(".entry.nurse", has_text="Good morning")).to_have_count(1)

    before = chat.replies.count()
    chat.write("hello")
    expect(desk.page.locator(".entry.patient", has_text="hello")).to_be_visible()
    chat.page.wait_for_timeout(SILENCE_MS)
    assert chat.replies.count() == before, "the bot spoke while a nurse had the conversation"

    desk.hand_back()
    expect(chat.status).to_contain_text("automated assistant")
    chat.write("hello again")
    expect(chat.replies).not_to_have_count(before)
    expect(reply).to_have_count(1)


def test_the_patient_leaves_the_queue(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.ask_for_nurse()
    expect(desk.row(chat)).to_be_visible()
    chat.page.get_by_role("button", name="Back to the assistant").click()
    expect(chat.status).to_contain_text("automated assistant")
    expect(desk.row(chat)).to_have_count(0)


def test_a_double_click_asks_for_a_nurse_and_does_not_take_it_back(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.status.get_by_role("button", name="Talk to a nurse").dblclick()
    expect(chat.status).to_contain_text("You are number")
    chat.status.get_by_role("button").click(force=True)
    chat.page.wait_for_timeout(500)
    expect(chat.status).to_contain_text("You are number")
    desk.release(chat)


def test_closing_asks_first_and_tells_the_patient(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.ask_for_nurse()
    desk.claim(chat)
    desk.page.get_by_role("button", name="Close", exact=True).click()
    desk.page.get_by_role("button", name="Cancel").click()
    expect(desk.row(chat)).to_be_visible()
    desk.close()
    expect(chat.status).to_contain_text("has ended")
    chat.status.get_by_role("button", name="New conversation").click()
    expect(chat.status).to_contain_text("automated assistant")


def test_words_that_look_like_markup_stay_words(open_chat: OpenChat, desk: DeskPage) -> None:
    chat = open_chat()
    chat.ask_for_nurse()
    chat.write("<img src=x onerror=\"document.title='broken'\"> <b>bold</b>")
    desk.claim(chat)
    expect(desk.page.locator(".entry.patient")).to_contain_text("<b>bold</b>")
    assert desk.page.locator(".entry img, .entry b").count() == 0
    desk.close()


def test_a_wrong_password_is_said_plainly(desk: DeskPage) -> None:
    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.get_by_label("User name").fill("nobody")
    desk.page.get_by_label("Password").fill("not this")
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("wrong")
