"""Somebody outside the desk who is told what happens: the interface, and what all of them share."""

from __future__ import annotations

import hashlib
from typing import Protocol

from bot.handoff.events import Event

TIMEOUT = 10.0
"""Seconds that one delivery may take."""


class DeliveryError(Exception):
    """It was not taken; the reason names no address and no secret. It is tried again."""


class Destination(Protocol):
    """Somebody who is told. `name` tells it from the others, on all servers and after restarts."""

    @property
    def name(self) -> str:
        """Letters, digits, dots."""
        ...

    def wants(self, event: Event) -> bool:
        """Whether this event is for them."""
        ...

    async def send(self, event_id: str, event: Event) -> None:
        """Hand it over. DeliveryError when that failed."""
        ...


def is_for(event: Event, contact: str | None) -> bool:
    """Whether an event is for an on-call contact; None gets them all."""
    return contact is None or event["on_call"] == contact


def desk_link(desk: str, event: Event) -> str:
    """The page on which a nurse, once logged in, finds the conversation."""
    return f"{desk}#{event['conversation']}"


def name_of(kind: str, contact: str | None, address: str) -> str:
    """A name that does not show the address."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:12]
    return ".".join(filter(None, (kind, contact, digest)))
