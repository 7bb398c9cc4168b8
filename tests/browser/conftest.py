"""A real headless Chromium, and the two applications as a person uses them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.pages import ChatPage, DeskPage
from tests.support.running import RunningSystem

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]

NewPage = Callable[..., Page]
OpenChat = Callable[..., ChatPage]


def find_chromium() -> str | None:
    """The installed browser: the one `CHROMIUM` names, or the first on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module: Playwright's loop must be gone before asynchronous tests run elsewhere."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium: install Debian's package `chromium`, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser of another person: storage and cookies of its own; keyword arguments as Playwright's."""
    expect.set_options(timeout=20_000)
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 860}, **options})
            stack.callback(context.close)
            return context

        yield make


@pytest.fixture
def open_chat(system: RunningSystem, new_context: Callable[..., BrowserContext]) -> OpenChat:
    """Opens the chat as a new patient, on a page of its own."""

    def opened(lang: str = "en", **options: Any) -> ChatPage:
        context = new_context(locale="zh-CN" if lang == "zh" else "en-GB", **options)
        chat = ChatPage(context.new_page())
        chat.open(system.url)
        return chat

    return opened


@pytest.fixture
def desk(system: RunningSystem, new_context: Callable[..., BrowserContext]) -> DeskPage:
    """The desk, with the first nurse logged in."""
    page = DeskPage(new_context().new_page())
    page.log_in(system.url, system.nurse, system.password)
    return page
