"""The client of Redis, as this project uses it: replies are text, and failures come fast."""

from __future__ import annotations

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# redis-py types every reply as bytes or str, whatever was set; ours are str.
Client = Any

COMMAND_TIMEOUT = 2.0
BLOCKING_TIMEOUT = 10.0
_CONNECTIONS = 64


def connect(url: str, timeout: float | None = COMMAND_TIMEOUT) -> Client:
    """A client that fails fast: whoever waits for the store decides how long.

    Without a timeout (for pub/sub, which waits by nature) the server's pings still find a dead connection. Who finds
    all connections busy waits for one; redis-py's own pool would refuse.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=COMMAND_TIMEOUT,
        decode_responses=True,
        protocol=2,
        socket_timeout=timeout,
        socket_connect_timeout=COMMAND_TIMEOUT,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=15,
    )
    return Redis.from_pool(pool)
