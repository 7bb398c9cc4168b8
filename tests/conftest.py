"""Fixtures that every test may use: a real Redis, and the real whole system."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot.system.redis_server import find_redis_server
from tests.support.running import SEVERAL, RunningSystem, free_ports


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real redis-server for unit tests, started once; yields its address."""
    program = find_redis_server()
    assert program, "no redis-server: run `make setup` first"
    port, folder = free_ports(1)[0], tmp_path_factory.mktemp("redis")
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no", "--logfile", str(folder / "redis.log")]
    process = subprocess.Popen(command)
    try:
        wait_for_redis(port, folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for_redis(port: int, log: Path) -> None:
    """Wait until the server answers; RuntimeError with the end of its log when it does not."""
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


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The whole real Careline, started once: two chat servers, two Rasas, action server, model server, Redis.

    A test that stops or kills a process brings it back (`start`, `wait_healthy`) before it ends.
    """
    running = RunningSystem(tmp_path_factory.mktemp("system"), **SEVERAL)
    running.up()
    yield running
    assert running.down() == 0, running.said
    assert running.left_behind() == []
