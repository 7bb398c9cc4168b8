"""Any language, any keyboard, any width, any site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import OpenChat
from tests.browser.pages import ChatPage, DeskPage
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NewContext = Callable[..., BrowserContext]


def test_the_language_switch_changes_every_word_and_the_numbers(open_chat: OpenChat) -> None:
    chat = open_chat("en")
    expect(chat.page.locator(".footer a")).to_have_attribute("href", "tel:999")
    chat.page.get_by_role("button", name="切换到中文").click()
    expect(chat.status).to_contain_text("自动助手")
    expect(chat.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(chat.page.locator(".footer a")).to_have_attribute("href", "tel:120")
    chat.write("你好")
    expect(chat.replies).to_have_count(1)
    expect(chat.replies.first).to_contain_text("您")
    chat.page.reload()
    expect(chat.status).to_contain_text("自动助手")
    chat.page.get_by_role("button", name="Switch to English").click()
    expect(chat.page.locator(".footer a")).to_have_attribute("href", "tel:999")


def test_the_chat_is_used_by_keyboard_alone(system: RunningSystem, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(system.url)
    chat = ChatPage(page, page.frame_locator("#careline-widget iframe"))
    launcher = page.get_by_role("button", name="Chat with us")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(chat.composer).to_be_focused()
    chat.wait_connected()
    page.keyboard.type("hello")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("it is me")
    page.keyboard.press("Enter")
    expect(chat.said("it is me")).to_have_attribute("data-state", "sent")
    expect(chat.composer).to_be_focused()
    _tab_to(page, chat.status.get_by_role("button", name="Talk to a nurse"))
    page.keyboard.press("Enter")
    expect(chat.status).to_contain_text("Waiting for a nurse")
    expect(chat.composer).to_be_focused()
    _tab_to(page, chat.place.get_by_role("button", name="More options"))
    page.keyboard.press("Enter")
    expect(chat.place.get_by_role("button", name="New conversation")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.place.get_by_role("button", name="More options")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#careline-widget iframe")).to_be_hidden()
    expect(launcher).to_be_focused()


def _tab_to(page: Page, control: Locator) -> None:
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if control.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Shift+Tab never reaches {control}")


def test_enter_while_composing_characters_sends_nothing(open_chat: OpenChat) -> None:
    chat = open_chat("zh")
    chat.composer.focus()
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Input.imeSetComposition", {"text": "gan mao", "selectionStart": 7, "selectionEnd": 7})
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    expect(chat.page.locator(".message.patient")).to_have_count(0)
    session.send("Input.insertText", {"text": "感冒"})
    expect(chat.composer).to_have_value("感冒")


def test_a_message_over_the_limit_is_counted_and_held_back(open_chat: OpenChat) -> None:
    chat = open_chat()
    limit = chat.received("welcome")[0]["limit"]
    chat.write("x" * (limit + 3))
    expect(chat.page.locator("#composer-count")).to_contain_text("3 characters too many")
    expect(chat.page.locator(".message.patient")).to_have_count(0)


def test_the_queue_is_used_by_keyboard_alone(open_chat: OpenChat, desk: DeskPage) -> None:
    chats = [open_chat(), open_chat()]
    for chat in chats:
        chat.ask_for_nurse()
        expect(desk.row(chat)).to_be_visible()
    desk.row(chats[0]).focus()
    desk.page.keyboard.press("j")
    expect(desk.row(chats[1])).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.row(chats[0])).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("button", name="Claim conversation")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_label("Write to the patient")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.row(chats[0])).to_be_focused()
    desk.open(chats[0])
    desk.close()
    desk.release(chats[1])


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_nothing_scrolls_sideways_on_a_phone(
    system: RunningSystem, new_context: NewContext, open_chat: OpenChat, desk: DeskPage
) -> None:
    page = new_context(**PHONE).new_page()
    page.goto(system.url)
    expect(page.get_by_role("button", name="Chat with us")).to_be_visible()
    assert _overflow(page) == 0

    chat = open_chat(**PHONE)
    chat.write("I have crushing chest pain " + "a" * 120)
    expect(chat.card.first).to_be_visible()
    assert _overflow(chat.page) == 0

    desk.page.set_viewport_size({"width": 390, "height": 844})
    assert _overflow(desk.page) == 0
    desk.open(chat)
    assert _overflow(desk.page) == 0
    desk.page.set_viewport_size({"width": 1280, "height": 860})
    desk.release(chat)


class _OtherSite(BaseHTTPRequestHandler):
    """A site of someone else that includes the widget, with a policy that allows no inline style or script."""

    def __init__(self, careline: str, *arguments: Any) -> None:
        self._careline = careline
        super().__init__(*arguments)

    def do_GET(self) -> None:
        body = (
            "<!doctype html><html lang=zh><meta charset=utf-8><title>Other</title>"
            f'<h1>Another site</h1><script src="{self._careline}/widget.js" async data-name="市立医院"></script>'
        ).encode()
        policy = f"default-src 'none'; script-src {self._careline}; frame-src {self._careline}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def other_site(system: RunningSystem) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_OtherSite, system.url))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_widget_works_on_another_site_which_cannot_look_inside(other_site: str, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(other_site)
    page.get_by_role("button", name="健康咨询").click()
    chat = ChatPage(page, page.frame_locator("#careline-widget iframe"))
    chat.wait_connected()
    expect(chat.place.locator("h1")).to_contain_text("市立医院")
    chat.write("你好")
    expect(chat.replies).to_have_count(1)
    frame = "document.querySelector('#careline-widget').shadowRoot.querySelector('iframe')"
    assert page.evaluate(f"{frame}.contentDocument === null")
    assert "你好" not in page.content()
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key != "careline.active"] == []


def test_no_page_loads_anything_from_elsewhere(system: RunningSystem, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    for path in ("/", "/widget"):
        page.goto(system.url + path, wait_until="networkidle")
    assert [url for url in asked if not url.startswith(system.url)] == []
    assert problems == []
    assert not [url for url in asked if "token" in url]
