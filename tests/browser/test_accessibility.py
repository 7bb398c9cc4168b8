"""axe finds nothing against WCAG 2.2 AA on any page, in any state that patients and nurses meet, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import OpenChat
from tests.browser.pages import DeskPage
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser]

AXE = Path(__file__).parents[2] / "bot" / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: list[Any] = ["light", "dark"]


def violations(page: Page) -> list[str]:
    """What axe finds: rule, impact, and the first element of each."""
    page.wait_for_timeout(400)  # what fades in has its final colours then
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:160]}" for rule in found]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_chat(open_chat: OpenChat, desk: DeskPage, scheme: str) -> None:
    chat = open_chat(color_scheme=scheme)
    assert violations(chat.page) == [], "at the beginning"
    chat.write("How long does a cold last?")
    expect(chat.answers).to_have_count(1, timeout=45_000)
    chat.answers.locator(".sources-toggle").click()
    chat.page.get_by_role("button", name="More options").click()
    assert violations(chat.page) == [], "answer with sources, menu open"
    chat.page.keyboard.press("Escape")
    chat.write("I have crushing chest pain and my left arm is numb")
    expect(chat.card.first).to_be_visible()
    assert violations(chat.page) == [], "emergency card"
    chat.page.context.set_offline(True)
    chat.write("words without a network")
    expect(chat.page.locator(".banner.offline")).to_be_visible()
    assert violations(chat.page) == [], "not connected"
    chat.page.context.set_offline(False)
    expect(chat.page.locator(".banner.offline")).to_have_count(0)
    desk.claim(chat)
    desk.write("I am with you")
    expect(chat.page.locator(".message.nurse")).to_be_visible()
    assert violations(chat.page) == [], "with a nurse"
    desk.close()


def test_chat_in_chinese_asking_to_confirm(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.page.get_by_role("button", name="更多选项").click()
    chat.page.get_by_role("button", name="结束并从本设备清除").click()
    assert violations(chat.page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_demonstration_page(system: RunningSystem, new_context: Callable[..., BrowserContext], scheme: str) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.goto(system.url)
    expect(page.get_by_role("button", name="Chat with us")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_desk(
    open_chat: OpenChat, system: RunningSystem, new_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.goto(f"{system.url}/desk")
    expect(page.get_by_label("User name")).to_be_visible()
    assert violations(page) == [], "log-in"
    desk = DeskPage(page)
    desk.log_in(system.url, system.nurse, system.password)
    assert violations(page) == [], "queue at the beginning"
    chat = open_chat()
    chat.write("I have crushing chest pain and my left arm is numb")
    expect(desk.row(chat)).to_be_visible()
    assert violations(page) == [], "queue with an alert"
    desk.open(chat)
    assert violations(page) == [], "conversation before it is claimed"
    desk.claim(chat)
    desk.write("Is someone with you?")
    expect(page.locator(".entry.nurse")).to_be_visible()
    assert violations(page) == [], "conversation of one's own"
    page.get_by_role("button", name="Close", exact=True).click()
    assert violations(page) == [], "asked to confirm"
    page.get_by_role("dialog").get_by_role("button", name="Close conversation").click()
    expect(desk.row(chat)).to_have_count(0)
