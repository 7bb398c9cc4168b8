"""Two chat servers behind one address: a rolling restart of both, seen by a patient and a nurse in mid-conversation."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import expect

from bot.system.programs import APP_PYTHON
from bot.system.settings import ROOT
from tests.browser.conftest import OpenChat
from tests.browser.pages import DeskPage
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.slow]


def test_a_rolling_restart_takes_nothing_from_patient_or_nurse(
    open_chat: OpenChat, desk: DeskPage, system: RunningSystem
) -> None:
    chat = open_chat()
    chat.ask_for_nurse()
    desk.claim(chat)
    old = {pid for name in system.names("chat") for pid in system.pids(name)}
    restart = subprocess.Popen(
        [APP_PYTHON, "-m", "bot.cli", "restart", "chat"], cwd=ROOT, env=system.env, stdout=subprocess.DEVNULL
    )
    said: list[str] = []
    while restart.poll() is None:
        said.append(f"patient {len(said)}")
        chat.write(said[-1])
        desk.write(f"nurse of {said[-1]}")
        chat.page.wait_for_timeout(700)
    assert restart.returncode == 0
    assert not old & {pid for name in system.names("chat") for pid in system.pids(name)}

    expect(desk.page.locator(".entry.unsent")).to_have_count(0)
    expect(chat.place.locator(".message.nurse")).to_have_count(len(said))
    expect(desk.page.locator(".entry.patient .entry-body")).to_have_text(said)
    expect(chat.status).to_contain_text("is reading this")
    assert chat.replies.count() == 0, "the bot spoke while a nurse had the conversation"
    desk.close()
