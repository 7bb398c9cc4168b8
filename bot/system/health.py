"""Whether a process is well: it answers over HTTP (by TCP or its own Unix socket), Redis answers, or holds its sign."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import redis

from bot.record.lease import ALIVE


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket: reaches the one process that listens there, also where many share a port."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Called by http.client before the first request."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def http_answers(url: str, timeout: float = 1.0) -> bool:
    """Whether a GET of this address gives 200 within `timeout` seconds."""
    return http_get(url, timeout)[0] == 200


def unix_answers(path: Path, target: str = "/health", timeout: float = 1.0) -> bool:
    """The same over a Unix socket."""
    return _get(lambda: UnixConnection(path, timeout), target)[0] == 200


def http_get(url: str, timeout: float = 1.0) -> tuple[int, object]:
    """Status and JSON body of a GET; status 0 when nobody answers, body None when it is no JSON."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return _get(lambda: kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout), target)


def _get(connect: Callable[[], http.client.HTTPConnection], target: str) -> tuple[int, object]:
    connection = connect()
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    except (OSError, http.client.HTTPException):
        return 0, None
    except ValueError:
        return response.status, None
    finally:
        connection.close()


def redis_answers(url: str, timeout: float = 1.0) -> bool:
    """Whether the Redis at this address takes our password and answers."""
    return _ask_redis(url, timeout, lambda client: client.ping())


def record_lives(url: str, timeout: float = 1.0) -> bool:
    """Whether a record process left a sign of life in this Redis within the last seconds; it listens nowhere."""
    return _ask_redis(url, timeout, lambda client: client.exists(ALIVE))


def _ask_redis(url: str, timeout: float, ask: Callable[[redis.Redis], object]) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout) as client:
            return bool(ask(client))
    except (redis.RedisError, OSError):
        return False
