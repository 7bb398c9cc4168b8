"""A record beside a live store: on SQLite, and on a real PostgreSQL where the machine has its server program."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from bot.conversation.connection import Client, connect
from bot.record.database import migrate, open_database
from bot.record.projector import Projector
from bot.record.settings import RecordSettings
from tests.record.story import Story
from tests.support.running import free_ports


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Client]:
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def story(redis: Client) -> Story:
    """A conversation that has begun."""
    return await Story.begin(redis)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL, started once; skips where there is no server program."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server program on this machine (apt-get install postgresql)")
    folder, port = Path(tempfile.mkdtemp(prefix="careline-postgresql-")), free_ports(1)[0]
    user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
    if user:
        shutil.chown(folder, user)
    data = str(folder / "data")
    _run([str(programs / "initdb"), "-D", data, "-U", "careline", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", data, "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"], user)
    try:
        yield f"postgresql://careline@127.0.0.1:{port}/postgres"
    finally:
        _run([*control, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest) -> str | None:
    """RECORD_URL of an empty database."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture
def settings(record_url: str | None, redis_url: str, tmp_path: Path) -> RecordSettings:
    return RecordSettings(careline_state=tmp_path, redis_url=redis_url, record_url=record_url)


@pytest.fixture
def engine(settings: RecordSettings) -> Iterator[Engine]:
    """The record, empty, with the schema of today."""
    engine = open_database(settings)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def projector(redis: Client, engine: Engine) -> Projector:
    return Projector(redis, engine)


def _programs() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def _run(command: list[str], user: str | None) -> None:
    log = Path(tempfile.mkstemp(prefix="careline-postgresql-")[1])
    try:
        with log.open("wb") as output:  # a file: pg_ctl's child keeps a pipe open
            done = subprocess.run(command, user=user, stdout=output, stderr=output, cwd="/", timeout=60)
        assert done.returncode == 0, log.read_text()
    finally:
        log.unlink()
