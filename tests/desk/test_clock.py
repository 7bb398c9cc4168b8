"""The whole server under a clock that the test moves: alerts at the desk, a webhook, mail to who is on call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiosmtpd.controller import Controller
from pydantic import ValidationError

from bot.conversation.store import now_ms
from bot.server import build_app
from bot.settings import Settings
from tests.channels.conftest import Patient
from tests.desk.conftest import NurseDesk
from tests.desk.test_desk import CHEST_PAIN, want_human
from tests.handoff.test_notify import Mailbox, Receiver, receiver, until  # noqa: F401  (fixture)
from tests.support.running import free_ports


@dataclass
class Shifted:
    """The real time and what the test adds to it, in milliseconds."""

    ahead: int = 0

    def __call__(self) -> int:
        return now_ms() + self.ahead


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox(free_ports(1)[0])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture
async def client(
    settings: Settings,
    clock: Shifted,
    receiver: Receiver,  # noqa: F811
    mailbox: Mailbox,
) -> AsyncIterator[TestClient[Any, Any]]:
    told = {
        "notify_webhook_url": receiver.url, "on_call_contacts": ("duty-nurse=d@example.org",),
        "smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none", "desk_lease": 100_000.0,
        "careline_public_url": "http://chat.example.org",
    }  # fmt: skip
    app = build_app(settings.model_copy(update=told), clock)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_an_emergency_that_nobody_takes(
    patient: Patient,
    ada: NurseDesk,
    clock: Shifted,
    receiver: Receiver,  # noqa: F811
    mailbox: Mailbox,
) -> None:
    await patient.say(CHEST_PAIN)
    await ada.queue(conversation=patient.conversation, stage=0)
    for stage, (seconds, why) in enumerate(((61, "first_alert"), (30, "second_alert"), (30, "on_call")), 1):
        clock.ahead += seconds * 1000
        await ada.queue(conversation=patient.conversation, stage=stage)
        await ada.until(lambda frame, why=why: frame["type"] == "alert" and frame["why"] == why)
    await until(lambda: len(receiver.taken) == 3 and mailbox.mails)
    assert receiver.kinds == ["first_alert", "second_alert", "on_call"]
    text = receiver.taken[0][1] + mailbox.mails[0][1].get_content()
    assert "chest pain and" not in text
    assert json.loads(receiver.taken[0][1])["link"] == f"http://chat.example.org/desk#{patient.conversation}"
    assert [to for to, _ in mailbox.mails] == [["d@example.org"]]


async def test_a_nurse_who_owes_an_answer(patient: Patient, ada: NurseDesk, clock: Shifted) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await ada.act("say", patient.conversation, id="n1", text="Hello")
    await patient.until_entry(**{"from": "nurse"})
    await patient.say("are you still there")
    await ada.queue(conversation=patient.conversation, last="are you still there")
    clock.ahead += 3_700_000
    await ada.queue(conversation=patient.conversation, owner="nurse", stage=1)
    alert = await ada.until(lambda frame: frame["type"] == "alert" and frame["why"] != "new")
    assert (alert["why"], alert["conversation"]) == ("unanswered", patient.conversation)
    await ada.act("say", patient.conversation, id="n2", text="Yes")
    await ada.queue(conversation=patient.conversation, owner="nurse", stage=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_call_contacts": "duty-nurse"},
        {"on_call_contacts": "duty-nurse=somewhere", "smtp_host": "localhost"},
        {"on_call_contacts": "duty-nurse=d@example.org"},
        {"notify_email_to": "d@example.org"},
        {"smtp_security": "maybe"},
    ],
)
def test_settings_that_would_tell_nobody_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_a_contact_may_have_several_addresses() -> None:
    settings = Settings(on_call_contacts="a=x@example.org a=https://example.org/h b=y@example.org", smtp_host="h")  # type: ignore[arg-type]
    assert settings.on_call == {"a": ("x@example.org", "https://example.org/h"), "b": ("y@example.org",)}
