"""Events by webhook, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass

import aiohttp

from bot.handoff.destination import TIMEOUT, DeliveryError, desk_link, is_for, name_of
from bot.handoff.events import Event


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST of the event as JSON, signed where there is a secret. `contact`: only what is for that on-call contact."""

    session: aiohttp.ClientSession
    url: str
    secret: str
    desk: str
    contact: str | None = None

    @property
    def name(self) -> str:
        return name_of("webhook", self.contact, self.url)

    def wants(self, event: Event) -> bool:
        return is_for(event, self.contact)

    async def send(self, event_id: str, event: Event) -> None:
        text = json.dumps({"id": event_id, **event, "link": desk_link(self.desk, event)}, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Careline-Event": event_id}
        if self.secret:
            headers["Careline-Signature"] = sign(text, self.secret, int(time.time()))
        try:
            async with self.session.post(
                self.url, data=text.encode(), headers=headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT)
            ) as response:
                if response.status >= 300:
                    raise DeliveryError(f"the webhook answered {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DeliveryError(f"the webhook failed ({type(error).__name__})") from None


def sign(text: str, secret: str, at: int) -> str:
    """`t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.text">`: as the time is signed, a replay can be refused."""
    signature = hmac.new(secret.encode(), f"{at}.{text}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={signature}"
