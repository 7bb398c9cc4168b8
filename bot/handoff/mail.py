"""Events by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from bot.handoff.destination import TIMEOUT, DeliveryError, desk_link, is_for, name_of
from bot.handoff.events import Event
from bot.handoff.wording import body, subject

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """How mail is sent. security: starttls and tls never speak in the clear; none is for a relay on this machine."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None
    sender: str


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail in plain words. `contact`: only what is for that on-call contact."""

    server: MailServer
    to: str
    desk: str
    lang: str
    contact: str | None = None

    @property
    def name(self) -> str:
        return name_of("mail", self.contact, self.to)

    def wants(self, event: Event) -> bool:
        return is_for(event, self.contact)

    async def send(self, event_id: str, event: Event) -> None:
        message = EmailMessage()
        message["From"], message["To"] = self.server.sender, self.to
        message["Subject"] = subject(event, self.lang)
        # the same on a repetition, so that a receiver can tell
        message["Message-ID"] = f"<{event_id}.{self.name}@careline>"
        message["X-Priority"] = "1" if event["acuity"] == "emergency" else "3"
        message.set_content(body(event, self.lang, desk_link(self.desk, event)))
        try:
            await aiosmtplib.send(
                message,
                hostname=self.server.host,
                port=self.server.port,
                username=self.server.user,
                password=self.server.password,
                use_tls=self.server.security == "tls",
                start_tls=self.server.security == "starttls",
                timeout=TIMEOUT,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the mail server failed ({type(error).__name__})") from None
