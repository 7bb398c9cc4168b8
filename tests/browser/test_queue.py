"""The queue in the browser: clocks that run out, a nurse who vanishes, passing on, nobody there, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import redis
from playwright.sync_api import BrowserContext, expect

from tests.browser.pages import ChatPage, DeskPage
from tests.browser.test_accessibility import violations
from tests.support.chat_alone import PASSWORD, ChatAlone

pytestmark = [pytest.mark.browser]

HOURS = """
time_zone: UTC
teams:
  - {id: nurses, name: {en: the nurses, zh: 护士}, hours: {every_day: ["00:00-24:00"]}, on_call: duty-nurse}
  - {id: pharmacists, name: {en: the pharmacists, zh: 药师}, hours: {}, on_call: duty-nurse}
"""
CHEST_PAIN = "I have crushing chest pain and my left arm is numb"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

NewContext = Callable[..., BrowserContext]
LogIn = Callable[..., DeskPage]


@pytest.fixture(scope="module")
def chat_server(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatAlone]:
    """A chat server with short leases and limits that a test can wait for."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    folder = tmp_path_factory.mktemp("queue")
    (folder / "hours.yml").write_text(HOURS, "utf-8")
    server = ChatAlone(
        redis_server, folder / "chat.log", CARELINE_HOURS=str(folder / "hours.yml"), DESK_LEASE="4",
        QUEUE_LIMIT_ROUTINE="600", QUEUE_LIMIT_EMERGENCY="6",
    )  # fmt: skip
    server.wait()
    server.add_nurse("ada", "Nurse Ada")
    server.add_nurse("bob", "Nurse Bob")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def empty_queue(chat_server: ChatAlone) -> Iterator[None]:
    """Each test finds no one waiting, and nobody at the desk."""
    yield
    with redis.Redis.from_url(chat_server.redis_url) as client:
        for key in ("queue", "with_nurse", "clock", "present"):
            client.delete(f"careline:{key}")
        client.publish("careline:desk", '{"type": "resync"}')


@pytest.fixture
def log_in(chat_server: ChatAlone, new_context: NewContext) -> LogIn:
    def log_in(name: str = "ada", **options: object) -> DeskPage:
        desk = DeskPage(new_context(**options).new_page())
        desk.log_in(chat_server.url, name, PASSWORD)
        return desk

    return log_in


@pytest.fixture
def chat_with(chat_server: ChatAlone, new_context: NewContext) -> Callable[..., ChatPage]:
    def opened(lang: str = "en", **options: object) -> ChatPage:
        chat = ChatPage(new_context(locale="zh-CN" if lang == "zh" else "en-GB", **options).new_page())
        chat.open(chat_server.url)
        return chat

    return opened


def test_an_emergency_that_waits_too_long_is_marked_and_alerted(
    log_in: LogIn, chat_with: Callable[..., ChatPage]
) -> None:
    desk, chat = log_in(), chat_with()
    chat.write(CHEST_PAIN)
    expect(desk.row(chat)).to_be_visible()
    expect(desk.row(chat).locator(".mark.overdue")).to_have_text("Waiting too long")
    expect(desk.page.get_by_role("alert")).to_contain_text("Emergency: waiting too long")
    expect(desk.row(chat).locator(".mark.overdue")).to_have_text("Waiting too long, second alert")
    expect(desk.row(chat).locator(".mark.overdue")).to_have_text("On-call contact notified")
    desk.open(chat)
    expect(desk.page.get_by_role("group", name="No alerts for")).to_have_count(0)  # never for an emergency
    desk.claim(chat)
    expect(desk.row(chat).locator(".mark")).to_have_count(0)
    expect(desk.page.locator(".alert")).to_have_count(0)


def test_when_a_nurses_page_is_closed_the_patient_waits_again(
    log_in: LogIn, chat_with: Callable[..., ChatPage]
) -> None:
    ada, chat = log_in("ada"), chat_with()
    chat.ask_for_nurse()
    ada.claim(chat)
    expect(chat.status).to_contain_text("Nurse Ada is reading this")
    bob = log_in("bob")
    ada.page.context.close()
    expect(chat.status).to_contain_text("Waiting for a nurse. You are number 1.")
    expect(chat.page.locator(".log")).to_contain_text("We lost the connection to Nurse Ada")
    expect(bob.row(chat)).to_contain_text("Not claimed")
    expect(bob.page.get_by_role("alert")).to_contain_text("its nurse lost the connection")
    bob.claim(chat)
    expect(chat.status).to_contain_text("Nurse Bob is reading this")


def test_a_reload_of_the_desk_keeps_its_conversations(log_in: LogIn, chat_with: Callable[..., ChatPage]) -> None:
    desk, chat = log_in(), chat_with()
    chat.ask_for_nurse()
    desk.claim(chat)
    desk.page.reload()
    expect(desk.row(chat)).to_contain_text("With you")
    desk.page.wait_for_timeout(5_000)  # longer than the lease
    expect(desk.row(chat)).to_contain_text("With you")


def test_a_conversation_is_passed_to_another_nurse_by_keyboard(
    log_in: LogIn, chat_with: Callable[..., ChatPage]
) -> None:
    ada, bob, chat = log_in("ada"), log_in("bob"), chat_with()
    chat.ask_for_nurse()
    ada.claim(chat)
    transfer = ada.page.get_by_role("button", name="Transfer")
    transfer.focus()
    ada.page.keyboard.press("Enter")
    dialog = ada.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Nurse Bob")).to_be_focused()
    expect(dialog.get_by_role("button", name=re.compile("pharmacists"))).to_contain_text("Off duty")
    assert violations(ada.page) == []
    ada.page.keyboard.press("Enter")
    expect(bob.row(chat).locator(".for-me")).to_have_text("For you")
    expect(ada.row(chat)).to_contain_text("For Nurse Bob")
    expect(bob.page.get_by_role("alert")).to_contain_text("passed on")
    expect(chat.page.locator(".log")).to_contain_text("Nurse Ada has passed you to Nurse Bob")
    assert violations(bob.page) == []
    bob.claim(chat)
    expect(chat.status).to_contain_text("Nurse Bob is reading this")


def test_a_routine_case_is_put_off(log_in: LogIn, chat_with: Callable[..., ChatPage]) -> None:
    desk, chat = log_in(), chat_with()
    chat.ask_for_nurse()
    desk.open(chat)
    group = desk.page.get_by_role("group", name="No alerts for")
    expect(group.get_by_role("button")).to_have_text(["5 min", "10 min"])  # its limit here is ten minutes
    group.get_by_role("button", name="5 min").click()
    expect(desk.row(chat).locator(".mark")).to_contain_text("Put off until")


def test_nobody_there_is_said_honestly(chat_with: Callable[..., ChatPage]) -> None:
    chat, chinese = chat_with(), chat_with("zh")
    chat.ask_for_nurse()
    expect(chat.page.locator(".log")).to_contain_text("No nurse is at the desk at this moment.")
    expect(chat.page.locator(".log")).to_contain_text("NHS 111")
    chinese.write(CHEST_PAIN)
    chinese.write("我胸口压着疼")
    expect(chinese.page.locator(".log")).to_contain_text("目前没有护士在线")
    expect(chinese.page.locator(".log")).to_contain_text("现在就拨打999")


def test_the_patient_ends_it_and_may_begin_again(log_in: LogIn, chat_with: Callable[..., ChatPage]) -> None:
    desk, chat = log_in(), chat_with()
    chat.ask_for_nurse()
    expect(desk.row(chat)).to_be_visible()
    chat.page.get_by_role("button", name="More options").click()
    chat.page.get_by_role("button", name="End this conversation").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(chat.status).to_contain_text("This conversation has ended")
    expect(desk.row(chat)).to_have_count(0)
    assert violations(chat.page) == []
    chat.write("one more thing")
    expect(chat.status).not_to_contain_text("has ended")


def test_an_emergency_cannot_be_ended_by_the_patient(chat_with: Callable[..., ChatPage]) -> None:
    chat = chat_with()
    chat.write(CHEST_PAIN)
    expect(chat.card.first).to_be_visible()
    chat.page.get_by_role("button", name="More options").click()
    expect(chat.page.get_by_role("button", name="New conversation")).to_be_visible()
    expect(chat.page.get_by_role("button", name="End this conversation")).to_have_count(0)


def test_who_begins_anew_waits_no_longer_in_the_old_conversation(
    log_in: LogIn, chat_with: Callable[..., ChatPage]
) -> None:
    desk, chat = log_in(), chat_with()
    chat.ask_for_nurse()
    row = desk.row(chat)
    expect(row).to_be_visible()
    chat.page.get_by_role("button", name="More options").click()
    chat.page.get_by_role("button", name="New conversation").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="Start new").click()
    expect(row).to_have_count(0)


def test_the_note_is_read_in_the_nurses_language_and_copied(log_in: LogIn, chat_with: Callable[..., ChatPage]) -> None:
    desk, chat = log_in(permissions=["clipboard-read", "clipboard-write"]), chat_with()
    chat.write(CHEST_PAIN)
    desk.open(chat)
    note = desk.page.locator(".aside .note")
    expect(note.locator("dt")).to_have_text(["Situation", "Background", "Assessment", "Recommendation"])
    expect(note).to_contain_text("Acuity: emergency.")
    expect(note).to_contain_text(f"Open question: “{CHEST_PAIN}”")
    desk.page.locator(".aside").get_by_role("button", name="Copy note").click()
    expect(desk.page.locator(".aside").get_by_role("button", name="Copied")).to_be_visible()
    copied = desk.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Situation\n- Waits for a nurse")
    assert CHEST_PAIN in copied
    desk.page.get_by_role("button", name="切换到中文").click()
    expect(note).to_contain_text("紧急程度：危急。")
    expect(note).to_contain_text(CHEST_PAIN)
    assert violations(desk.page) == []


def test_a_link_from_outside_opens_the_conversation(
    chat_server: ChatAlone, log_in: LogIn, chat_with: Callable[..., ChatPage]
) -> None:
    desk, chat = log_in(), chat_with()
    chat.ask_for_nurse()
    expect(desk.row(chat)).to_be_visible()
    desk.page.goto("about:blank")
    desk.page.goto(f"{chat_server.url}/desk#{chat.conversation}")
    expect(desk.page.get_by_role("button", name="Claim conversation")).to_be_visible()


def test_notices_of_the_desktop_are_offered_until_the_nurse_decides(log_in: LogIn) -> None:
    desk = log_in()
    desk.page.evaluate("Notification.requestPermission = () => Promise.resolve('granted')")
    offered = desk.page.get_by_role("button", name="Desktop notices")
    offered.click()
    expect(offered).to_have_count(0)


def test_all_of_it_fits_a_phone(log_in: LogIn, chat_with: Callable[..., ChatPage]) -> None:
    desk, chat = log_in(**PHONE), chat_with(**PHONE)
    chat.ask_for_nurse()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    desk.open(chat)
    assert desk.page.evaluate(overflow) == 0
    desk.page.get_by_role("button", name="Claim conversation").click()
    desk.page.get_by_role("button", name="Transfer").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    assert desk.page.evaluate(overflow) == 0
    assert violations(desk.page) == []
    assert chat.page.evaluate(overflow) == 0
