"""Publishes checked sentences to Redis ahead of the whole answer. Losing one harms nothing."""

from __future__ import annotations

import json
import logging
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from .answer import Partial

log = logging.getLogger(__name__)

CHANNEL = "careline:partial:{conversation}"
_LIMIT = 0.3
"""Seconds that a sentence may wait for Redis: the answer itself does not depend on it."""


class Publisher:
    """The partials of one turn. After the first failure the rest of the turn is not tried."""

    def __init__(self, client: redis.asyncio.Redis | None, conversation: str, turn: Any, epoch: Any) -> None:
        self._client = client if conversation and turn is not None else None
        self._channel = CHANNEL.format(conversation=conversation)
        self._turn = turn
        self._epoch = epoch

    async def publish(self, partial: Partial) -> None:
        """Send one sentence; never raises."""
        if self._client is None:
            return
        message = {
            "turn": self._turn,
            "epoch": self._epoch,
            "seq": partial.seq,
            "sentence": partial.sentence.to_dict(),
            "citations": [citation.to_dict() for citation in partial.citations],
        }
        try:
            await self._client.publish(self._channel, json.dumps(message, ensure_ascii=False))
        except (RedisError, OSError, TimeoutError) as problem:
            log.info("sentences are not shown ahead: %s", type(problem).__name__)
            self._client = None


def connect(url: str) -> redis.asyncio.Redis | None:
    """A client with short time limits, not connected yet; None without an address."""
    if not url:
        return None
    client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
        url, socket_timeout=_LIMIT, socket_connect_timeout=_LIMIT, retry=None, retry_on_error=[]
    )
    return client
