"""A conversation on a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.conversation.connection import connect
from bot.conversation.store import Conversations


@pytest.fixture
async def conversations(redis_url: str) -> AsyncIterator[Conversations]:
    redis = connect(redis_url)
    yield Conversations(redis)
    await redis.aclose()


@pytest.fixture
async def conversation(conversations: Conversations) -> str:
    conversation, _token = await conversations.create("web", "en")
    return conversation
