"""Helpful or not: by mouse and by keyboard, in both languages, still there after a reload, and seen at the desk."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import redis
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.pages import ChatPage, DeskPage
from tests.browser.test_accessibility import violations
from tests.support.chat_alone import PASSWORD, ChatAlone

pytestmark = [pytest.mark.browser]

WORDS = {
    "en": ("Helpful", "Not helpful", "Talk to a nurse", "Waiting for a nurse"),
    "zh": ("有帮助", "没有帮助", "转接护士", "正在等候护士"),
}
ANSWER = {
    "outcome": "answered", "answer": "It may soothe.", "sentences": [{"text": "It may soothe.", "citations": []}],
    "citations": [], "help": None,
}  # fmt: skip

NewContext = Callable[..., BrowserContext]


class Answering(BaseHTTPRequestHandler):
    """Stands where Rasa stands, and answers everything with the same page; what names lupus is not covered."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        outcome = "not_covered" if "lupus" in asked["message"] else "answered"
        body = json.dumps([{"custom": {"kind": "answer", "answer": {**ANSWER, "outcome": outcome}}}]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def dialogue() -> Iterator[str]:
    """The address of a dialogue manager that answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chat_server(redis_server: str, dialogue: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatAlone]:
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    server = ChatAlone(redis_server, tmp_path_factory.mktemp("feedback") / "chat.log", RASA_URL=dialogue)
    server.wait()
    server.add_nurse("ada", "Nurse Ada")
    yield server
    server.stop()


@pytest.fixture
def chat_in(chat_server: ChatAlone, new_context: NewContext) -> Callable[..., ChatPage]:
    def opened(lang: str, **options: object) -> ChatPage:
        chat = ChatPage(new_context(locale="zh-CN" if lang == "zh" else "en-GB", **options).new_page())
        chat.open(chat_server.url)
        return chat

    return opened


def choice(chat: ChatPage, name: str) -> Locator:
    return chat.answers.get_by_role("button", name=name, exact=True)


def expect_chosen(chat: ChatPage, chosen: str, other: str) -> None:
    expect(choice(chat, chosen)).to_have_attribute("aria-pressed", "true")
    expect(choice(chat, other)).to_have_attribute("aria-pressed", "false")


def expect_stored(chat: ChatPage, choices: list[bool]) -> None:
    """The server has told of exactly these, in this order."""
    for _ in range(100):
        if len(chat.received("feedback")) >= len(choices):
            break
        chat.page.wait_for_timeout(50)
    assert [frame["helpful"] for frame in chat.received("feedback")] == choices


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_by_keyboard_changed_kept_over_a_reload_and_then_to_a_nurse(
    chat_in: Callable[..., ChatPage], lang: str
) -> None:
    helpful, not_helpful, nurse, waiting = WORDS[lang]
    chat = chat_in(lang, viewport={"width": 360, "height": 740})
    chat.write("is camomile good for a cold?" if lang == "en" else "感冒能喝菊花茶吗？")
    expect(choice(chat, helpful)).to_have_attribute("aria-pressed", "false")
    offer = chat.answers.get_by_role("button", name=nurse)

    choice(chat, helpful).focus()
    chat.page.keyboard.press("Space")
    expect_chosen(chat, helpful, not_helpful)
    expect(choice(chat, helpful)).to_be_focused()
    expect(offer).to_have_count(0)
    chat.page.keyboard.press("Tab")
    expect(choice(chat, not_helpful)).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect_chosen(chat, not_helpful, helpful)
    expect(offer).to_be_visible()
    assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(chat.page) == []
    expect_stored(chat, [True, False])

    chat.page.reload()
    expect_chosen(chat, not_helpful, helpful)
    expect(chat.status).not_to_contain_text(waiting)
    offer.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.status).to_contain_text(waiting)
    expect(offer).to_have_count(0)
    expect(chat.composer).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_tap_while_not_connected_reaches_the_server_later(
    chat_in: Callable[..., ChatPage], chat_server: ChatAlone, scheme: str
) -> None:
    helpful, not_helpful, *_rest = WORDS["en"]
    chat = chat_in("en", color_scheme=scheme)
    chat.write("what is lupus?")
    expect(choice(chat, helpful)).to_be_visible()
    chat.page.context.set_offline(True)
    expect(chat.page.locator(".banner.offline")).to_be_visible()
    choice(chat, helpful).click()
    expect_chosen(chat, helpful, not_helpful)
    assert chat.received("feedback") == []
    assert violations(chat.page) == []
    chat.page.context.set_offline(False)
    expect(chat.page.locator(".banner.offline")).to_have_count(0)
    expect_stored(chat, [True])


def test_the_desk_sees_it_and_corrects_by_keyboard(
    chat_in: Callable[..., ChatPage], chat_server: ChatAlone, new_context: NewContext
) -> None:
    helpful, not_helpful, *_rest = WORDS["en"]
    chat = chat_in("en")
    chat.write("is camomile good for a cold?")
    choice(chat, not_helpful).click()
    chat.ask_for_nurse()
    desk = DeskPage(new_context().new_page())
    desk.log_in(chat_server.url, "ada", PASSWORD)
    desk.claim(chat)
    answer = desk.page.locator(".entry", has_text="It may soothe.")
    expect(answer).to_contain_text("Patient: not helpful")
    choice(chat, helpful).click()
    expect(answer).to_contain_text("Patient: helpful")

    answer.get_by_role("button", name="Correct").focus()
    desk.page.keyboard.press("Enter")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_label("It should have been")).to_be_focused()
    assert violations(desk.page) == [], "correcting"
    dialog.get_by_label("The right answer").fill("Rest and drink.")
    dialog.get_by_label("The right answer").press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.page.get_by_label("Write to the patient")).to_be_visible()
    answer.get_by_role("button", name="Correct").click()
    expect(dialog.get_by_label("The right answer")).to_have_value("Rest and drink.")
    dialog.get_by_label("Topic").fill("common-cold")
    desk.page.keyboard.press("Enter")
    expect(answer).to_contain_text("Corrected by Nurse Ada: Answered")
    expect(answer).to_contain_text("Rest and drink.")
    expect(chat.page.get_by_text("Rest and drink.")).to_have_count(0)
    assert violations(desk.page) == [], "corrected"
    desk.page.reload()
    desk.open(chat)
    expect(answer).to_contain_text("Corrected by Nurse Ada: Answered")
    desk.close()
