"""The Redis that unit tests get is a real one, and empty."""

from __future__ import annotations

import pytest
import redis.asyncio


@pytest.mark.parametrize("attempt", ["first", "second"])
async def test_each_test_gets_an_empty_redis(redis_url: str, attempt: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left behind by", attempt)
