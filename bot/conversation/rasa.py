"""The client of the dialogue manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.conversation.entry import Button


class RasaError(Exception):
    """The dialogue manager gave no usable reply. Holds no patient text. `sent`: it may have read the message."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class RasaReply:
    """One message of the bot."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    custom: Mapping[str, Any] | None = None


class Rasa:
    """Talks to the `careline` channel of a Rasa server (docs/protocol.md)."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str, timeout: float) -> None:
        self._session = session
        self._address = f"{url.rstrip('/')}/webhooks/careline/webhook"
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=2)

    async def send(
        self, sender: str, message: str, metadata: Mapping[str, Any], button: str | None = None
    ) -> list[RasaReply]:
        """Send one message and return the bot's replies, at least one. RasaError for everything else."""
        body: dict[str, Any] = {"sender": sender, "message": message, "metadata": metadata}
        if button:
            body["button"] = button
        try:
            async with self._session.post(
                self._address, params={"token": self._token}, json=body, timeout=self._timeout
            ) as response:
                if response.status != 200:
                    raise RasaError(f"the dialogue manager answered {response.status}", sent=True)
                replies = _parse(await response.json())
        except aiohttp.ClientConnectorError as error:
            raise RasaError("the dialogue manager is not reachable", sent=False) from error
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise RasaError(f"the dialogue manager failed ({type(error).__name__})", sent=True) from None
        if not replies:
            raise RasaError("the dialogue manager said nothing", sent=True)
        return replies


def _parse(messages: list[Mapping[str, Any]]) -> list[RasaReply]:
    return [
        RasaReply(
            text=message.get("text") or "",
            buttons=tuple(Button(str(b["title"]), str(b["payload"])) for b in message.get("buttons") or ()),
            custom=message.get("custom") or None,
        )
        for message in messages
    ]
