"""Finds what was said, in the record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.record import tables


@dataclass(frozen=True, slots=True)
class Found:
    """One message. `at`: milliseconds since 1970."""

    conversation: str
    at: int
    sender: str
    sent: bool
    text: str


def search(engine: Engine, words: str, *, since: int = 0, limit: int = 50) -> list[Found]:
    """The newest messages that hold these words as they stand, upper and lower case alike."""
    messages = tables.messages
    query = (
        select(messages.c.conversation, messages.c.at, messages.c.sender, messages.c.sent, messages.c.text)
        .where(messages.c.text.icontains(words, autoescape=True), messages.c.at >= since)
        .order_by(messages.c.at.desc(), messages.c.entry.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        return [Found(*row) for row in connection.execute(query)]
