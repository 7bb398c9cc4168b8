"""Who outside the desk is told, from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from bot.handoff.destination import Destination
from bot.handoff.mail import Mail, MailServer
from bot.handoff.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Outside:
    """webhook, mail_to: who gets every event; on_call: addresses (mail or URL) by the names of hours.yml; desk: the
    page that notices link to; lang: en or zh, for mail."""

    desk: str
    lang: str = "en"
    webhook: str | None = None
    secret: str = ""
    mail_to: str | None = None
    mail_server: MailServer | None = None
    on_call: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def destinations(self, session: aiohttp.ClientSession) -> list[Destination]:
        """All of them. ValueError for a mail address without a mail server."""
        found: list[Destination] = [Webhook(session, self.webhook, self.secret, self.desk)] if self.webhook else []
        if self.mail_to:
            found.append(self._mail(self.mail_to, None))
        for contact, addresses in self.on_call.items():
            for address in addresses:
                if address.startswith(("http://", "https://")):
                    found.append(Webhook(session, address, self.secret, self.desk, contact))
                else:
                    found.append(self._mail(address, contact))
        return found

    def _mail(self, to: str, contact: str | None) -> Mail:
        if self.mail_server is None:
            raise ValueError("a mail address is set to be notified, but SMTP_HOST is not")
        return Mail(self.mail_server, to, self.desk, self.lang, contact)
