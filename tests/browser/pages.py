"""What a patient and a nurse do on their pages, in words of their own."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, WebSocket, expect

# Notes, inside the page, that half an answer was on the screen, and when the first emergency card appeared.
_WATCH = """
window.seen = {partial: [], card: null};
new MutationObserver(() => {
  const draft = document.querySelector('[data-partial="true"]');
  if (draft) window.seen.partial.push(draft.querySelectorAll('.answer-sentence').length);
  if (!window.seen.card && document.querySelector('.advice.emergency')) window.seen.card = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


class ChatPage:
    """The patient's chat, filling a page or inside a frame."""

    def __init__(self, page: Page, place: Page | FrameLocator | None = None) -> None:
        self.page = page
        self.place = place or page
        self.frames: list[dict[str, Any]] = []
        page.add_init_script(_WATCH)
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.frames.append(json.loads(data)))

    def open(self, url: str) -> None:
        self.page.goto(f"{url}/widget")
        self.wait_connected()

    def wait_connected(self) -> None:
        """The number to call comes from the server: once it is in the footer, the chat is connected."""
        expect(self.place.locator(".footer a")).to_be_visible()

    def write(self, text: str) -> None:
        self.place.locator("#composer").fill(text)
        self.place.locator("#composer").press("Enter")

    def ask_for_nurse(self) -> None:
        """By the control that is always there; the bot may offer a button of the same name."""
        self.status.get_by_role("button", name="Talk to a nurse").click()

    def received(self, kind: str) -> list[dict[str, Any]]:
        """Frames of one type that the server has sent to this page."""
        return [frame for frame in self.frames if frame["type"] == kind]

    def said(self, text: str) -> Locator:
        """The patient's own message with these words."""
        return self.place.locator(".message.patient", has_text=text)

    @property
    def composer(self) -> Locator:
        return self.place.locator("#composer")

    @property
    def answers(self) -> Locator:
        return self.place.locator('.message.answer[data-partial="false"]')

    @property
    def replies(self) -> Locator:
        """All that the bot has said, notices not counted."""
        return self.place.locator(".message.bot, .advice")

    @property
    def card(self) -> Locator:
        return self.place.locator(".advice.emergency")

    @property
    def status(self) -> Locator:
        return self.place.locator(".status")

    @property
    def conversation(self) -> str:
        """The id under which the desk knows this conversation."""
        kept = self.page.evaluate("localStorage.getItem('careline.conversation')")
        return str(json.loads(kept)["conversation"])


class DeskPage:
    """The nurses' desk."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def log_in(self, url: str, name: str, password: str) -> None:
        self.page.goto(f"{url}/desk")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Queue")).to_be_visible()

    def row(self, chat: ChatPage) -> Locator:
        return self.page.locator(f'.row[data-conversation="{chat.conversation}"]')

    def open(self, chat: ChatPage) -> None:
        self.row(chat).click()
        expect(self.page.locator(".conversation-head")).to_be_visible()

    def claim(self, chat: ChatPage) -> None:
        self.open(chat)
        self.page.get_by_role("button", name="Claim conversation").click()
        expect(self.page.get_by_label("Write to the patient")).to_be_focused()

    def write(self, text: str) -> None:
        self.page.get_by_label("Write to the patient").fill(text)
        self.page.keyboard.press("Enter")

    def hand_back(self) -> None:
        self.page.get_by_role("button", name="Hand back").click()

    def close(self) -> None:
        self.page.get_by_role("button", name="Close", exact=True).click()
        self.page.get_by_role("dialog").get_by_role("button", name="Close conversation").click()

    def release(self, *chats: ChatPage) -> None:
        """Take these out of the queue, so that the next test finds it as this one did."""
        for chat in chats:
            self.claim(chat)
            self.close()
            expect(self.row(chat)).to_have_count(0)
