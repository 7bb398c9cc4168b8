"""People outside the desk are told, once, whatever dies meanwhile: a real webhook receiver, a real SMTP server."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from bot.conversation.connection import BLOCKING_TIMEOUT, Client, connect
from bot.conversation.state import State
from bot.conversation.store import NOTIFY, Change, Conversations
from bot.conversation.tasks import end
from bot.handoff.events import event
from bot.handoff.mail import MailServer, Security
from bot.handoff.notifier import Notifier
from bot.handoff.outside import Outside
from bot.handoff.rules import HandoffRules
from tests.handoff.conftest import Simulated
from tests.support.running import free_ports

DESK = "https://chat.example.org/desk"
SECRET = "not a real secret"


@dataclass
class Receiver:
    """A real HTTP server that is told; `answers` are the statuses it gives, the last one again and again."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[tuple[dict[str, str], str]] = field(default_factory=list)
    tries: int = 0

    async def take(self, request: web.Request) -> web.Response:
        text = await request.text()
        self.tries += 1
        await self.gate.wait()
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status < 300:
            self.taken.append((dict(request.headers), text))
        return web.Response(status=status)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(text)["kind"] for _, text in self.taken]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.gate.set()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver
        receiver.gate.set()


@dataclass
class Mailbox:
    """What a real SMTP server has taken."""

    port: int
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuse: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        content = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        self.mails.append((envelope.rcpt_tos, content))
        return "250 taken"


def log_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"careline", b"a password"))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox(free_ports(1)[0])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this process trusts."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def secure_mailbox(certificate: ssl.SSLContext) -> Iterator[Mailbox]:
    """A server that speaks to nobody without STARTTLS and a password."""
    mailbox = Mailbox(free_ports(1)[0])
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        tls_context=certificate,
        require_starttls=True,
        auth_required=True,
        authenticator=log_in,
    )
    controller.start()
    yield mailbox
    controller.stop()


def mail_server(mailbox: Mailbox, security: Security = "none", password: str | None = None) -> MailServer:
    user = "careline" if password else None
    return MailServer("127.0.0.1", mailbox.port, security, user, password, "careline@example.org")


Start = Callable[..., asyncio.Task[None]]


@pytest.fixture
async def start(conversations: Conversations, redis_url: str, clock: Simulated) -> AsyncIterator[Start]:
    """Starts a notifier as one more server has it; cancelling the task is that server's death."""
    blocking: Client = connect(redis_url, BLOCKING_TIMEOUT)
    session = aiohttp.ClientSession()
    tasks: list[asyncio.Task[None]] = []
    notifiers: list[Notifier] = []

    def start(outside: Outside, **options: Any) -> asyncio.Task[None]:
        options = {"lease": 0.6, "delays": (0.05,), **options}
        notifier = Notifier(conversations.redis, blocking, outside.destinations(session), clock, **options)
        notifiers.append(notifier)
        tasks.append(asyncio.create_task(notifier.run()))
        return tasks[-1]

    yield start
    for notifier in notifiers:
        await notifier.stop()
    await end(tasks)
    await session.close()
    await blocking.aclose()


async def happen(conversations: Conversations, rules: HandoffRules, kind: str = "first_alert") -> str:
    """An event of a conversation in which a patient has written."""
    conversation, _ = await conversations.create("web", "en")

    def step(state: State) -> Change:
        rule = {"id": "chest_pain", "title": "Chest pain"}
        now = rules.clock()
        waiting = State(**{**{f: getattr(state, f) for f in state.__slots__}, "acuity": "emergency", "rules": (rule,)})
        return Change(state=waiting, notify=(event(kind, waiting, rules.hours.team(None), now),))

    await conversations.change(conversation, step)
    return conversation


async def until(condition: Callable[[], object], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def groups_ready(conversations: Conversations, count: int) -> None:
    async with asyncio.timeout(10):
        while True:
            if (
                await conversations.redis.exists(NOTIFY)
                and len(await conversations.redis.xinfo_groups(NOTIFY)) == count
            ):
                return
            await asyncio.sleep(0.02)


async def test_a_webhook_is_signed_and_says_no_word_of_the_patient(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver
) -> None:
    start(Outside(DESK, webhook=receiver.url, secret=SECRET))
    await groups_ready(conversations, 1)
    conversation = await happen(conversations, rules)
    await until(lambda: receiver.taken)
    headers, text = receiver.taken[0]
    at, signature = (part.split("=")[1] for part in headers["Careline-Signature"].split(","))
    assert signature == hmac.new(SECRET.encode(), f"{at}.{text}".encode(), hashlib.sha256).hexdigest()
    told = json.loads(text)
    assert told["id"] == headers["Careline-Event"]
    assert (told["conversation"], told["link"]) == (conversation, f"{DESK}#{conversation}")
    assert (told["acuity"], told["rules"], told["kind"]) == ("emergency", ["Chest pain"], "first_alert")
    assert set(told) == {"id", "kind", "at", "conversation", "acuity", "waited", "rules", "team", "on_call", "link"}


async def test_a_receiver_that_fails_is_tried_again_until_it_takes_it(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver
) -> None:
    receiver.answers = [500, 503, 429, 204]
    start(Outside(DESK, webhook=receiver.url))
    await groups_ready(conversations, 1)
    await happen(conversations, rules)
    await until(lambda: receiver.taken)
    await asyncio.sleep(0.3)
    assert (receiver.tries, len(receiver.taken)) == (4, 1)


async def test_what_nobody_took_for_hours_is_given_up(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver, clock: Simulated
) -> None:
    receiver.answers = [500]
    start(Outside(DESK, webhook=receiver.url))
    await groups_ready(conversations, 1)
    await happen(conversations, rules)
    await until(lambda: receiver.tries > 2)
    clock.pass_seconds(6 * 3600 + 1)
    async with asyncio.timeout(10):
        while (await conversations.redis.xinfo_groups(NOTIFY))[0]["pending"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_two_servers_tell_it_once_though_the_receiver_is_slow(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver
) -> None:
    receiver.gate.clear()
    for _ in range(2):
        start(Outside(DESK, webhook=receiver.url))
    await groups_ready(conversations, 1)
    for _ in range(5):
        await happen(conversations, rules)
    await until(lambda: receiver.tries == 5)
    await asyncio.sleep(1.5)  # longer than a dead server's lease
    receiver.gate.set()
    await until(lambda: len(receiver.taken) == 5)
    await asyncio.sleep(0.3)
    assert receiver.tries == 5


async def test_what_a_server_that_died_had_not_delivered_another_delivers(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver
) -> None:
    receiver.answers = [500]
    first = start(Outside(DESK, webhook=receiver.url), delays=(3600.0,))
    await groups_ready(conversations, 1)
    await happen(conversations, rules)
    await until(lambda: receiver.tries == 1)
    first.cancel()
    receiver.answers = [204]
    start(Outside(DESK, webhook=receiver.url))
    await until(lambda: receiver.taken)


async def test_a_mail_says_how_urgent_it_is_and_where_to_look(
    conversations: Conversations, rules: HandoffRules, start: Start, mailbox: Mailbox
) -> None:
    mailbox.refuse = 2
    start(Outside(DESK, mail_to="desk@example.org", mail_server=mail_server(mailbox)))
    await groups_ready(conversations, 1)
    conversation = await happen(conversations, rules)
    await until(lambda: mailbox.mails)
    to, mail = mailbox.mails[0]
    assert to == ["desk@example.org"]
    assert mail["Subject"] == "Careline: EMERGENCY, waiting too long"
    assert f"{DESK}#{conversation}" in mail.get_content()
    assert "Chest pain" in mail.get_content()


async def test_mail_in_chinese(
    conversations: Conversations, rules: HandoffRules, start: Start, mailbox: Mailbox
) -> None:
    start(Outside(DESK, lang="zh", mail_to="desk@example.org", mail_server=mail_server(mailbox)))
    await groups_ready(conversations, 1)
    await happen(conversations, rules, "second_alert")
    await until(lambda: mailbox.mails)
    assert mailbox.mails[0][1]["Subject"] == "Careline: 危急, 仍在等候（第二次提醒）"


async def test_mail_goes_encrypted_and_with_a_password(
    conversations: Conversations, rules: HandoffRules, start: Start, secure_mailbox: Mailbox
) -> None:
    server = mail_server(secure_mailbox, "starttls", "a password")
    start(Outside(DESK, mail_to="desk@example.org", mail_server=server))
    await groups_ready(conversations, 1)
    await happen(conversations, rules)
    await until(lambda: secure_mailbox.mails)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_is_not_sent_in_the_clear_where_encryption_is_set(
    conversations: Conversations,
    rules: HandoffRules,
    start: Start,
    mailbox: Mailbox,
    security: Security,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start(Outside(DESK, mail_to="desk@example.org", mail_server=mail_server(mailbox, security)))
    await groups_ready(conversations, 1)
    await happen(conversations, rules)
    await until(lambda: caplog.text.count("the mail server failed") > 1)
    assert mailbox.mails == []
    assert "desk@example.org" not in caplog.text


async def test_the_on_call_contact_gets_only_what_is_for_them(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver, mailbox: Mailbox
) -> None:
    contacts = {"duty-nurse": (receiver.url, "duty@example.org"), "somebody-else": ("else@example.org",)}
    start(Outside(DESK, mail_server=mail_server(mailbox), on_call=contacts))
    await groups_ready(conversations, 3)
    for kind in ("first_alert", "second_alert", "on_call"):
        await happen(conversations, rules, kind)
    await until(lambda: receiver.taken and mailbox.mails)
    await asyncio.sleep(0.3)
    assert receiver.kinds == ["on_call"]
    assert [to for to, _ in mailbox.mails] == [["duty@example.org"]]


async def test_a_store_that_comes_back_empty_does_not_end_it(
    conversations: Conversations, rules: HandoffRules, start: Start, receiver: Receiver
) -> None:
    start(Outside(DESK, webhook=receiver.url))
    await groups_ready(conversations, 1)
    await conversations.redis.flushall()
    await happen(conversations, rules)
    await until(lambda: receiver.taken)


async def test_a_mail_address_without_a_mail_server_is_a_mistake_of_the_settings() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="SMTP_HOST"):
            Outside(DESK, on_call={"duty-nurse": ("duty@example.org",)}).destinations(session)
