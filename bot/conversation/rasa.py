"""The client of the dialogue manager."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

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

    def __init__(self, session: aiohttp.ClientSession, urls: Sequence[str], token: str, timeout: float) -> None:
        self._session = session
        self._webhooks = {url: _webhook(url, token) for url in urls}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=2)

    async def send(
        self, conversation: str, session: int, message: str, metadata: Mapping[str, Any], button: str | None = None
    ) -> list[RasaReply]:
        """Send one message and return the bot's replies, at least one. RasaError for everything else.

        A conversation keeps to one process. While nobody listens there, the next in line stands in: the dialogue is
        in the store, and a message that nobody took cannot be taken twice.
        """
        body: dict[str, Any] = {"sender": f"{conversation}.{session}", "message": message, "metadata": metadata}
        if button:
            body["button"] = button
        for address in preferred(conversation, list(self._webhooks)):
            try:
                return await self._post(self._webhooks[address], body)
            except RasaError as error:
                if error.sent:
                    raise
        raise RasaError("the dialogue manager is not reachable", sent=False)

    async def _post(self, webhook: URL, body: Mapping[str, Any]) -> list[RasaReply]:
        try:
            async with self._session.post(webhook, json=body, timeout=self._timeout) as response:
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


def preferred(conversation: str, addresses: Sequence[str]) -> list[str]:
    """The addresses in the order in which this conversation wants them (rendezvous hashing).

    All chat servers come to the same order, and an address more or less moves only the conversations it gets or had.
    """
    return sorted(addresses, key=lambda address: hashlib.sha256(f"{address} {conversation}".encode()).digest())


def _webhook(url: str, token: str) -> URL:
    return URL(f"{url.rstrip('/')}/webhooks/careline/webhook").with_query(token=token)


def _parse(messages: list[Mapping[str, Any]]) -> list[RasaReply]:
    return [
        RasaReply(
            text=message.get("text") or "",
            buttons=tuple(Button(str(b["title"]), str(b["payload"])) for b in message.get("buttons") or ()),
            custom=message.get("custom") or None,
        )
        for message in messages
    ]
