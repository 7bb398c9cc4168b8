"""Fixtures that every test may use: a real Redis, and the real whole system."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot.system.redis_server import find_redis_server


def free_port() -> int:
    """A loopback TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real redis-server for unit tests, started once; yields its address."""
    program = find_redis_server()
    assert program, "no redis-server: run `make setup` first"
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no", "--logfile", str(folder / "redis.log")]
    process = subprocess.Popen(command)
    try:
        _wait_for_redis(port, folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for_redis(port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with redis.Redis(port=port) as client:
                client.ping()
                return
        except redis.ConnectionError:
            time.sleep(0.02)
    raise RuntimeError(f"the test Redis did not start: {log.read_text()[-500:]}")


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis: flushed before each test."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server
