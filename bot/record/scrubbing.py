"""Makes what was deleted disappear from the files as well."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing

from redis.exceptions import ResponseError
from sqlalchemy import Engine, text

from bot.conversation.connection import Client
from bot.record import tables

_PATIENCE = 30.0
_REWRITE_PATIENCE = 600.0
_POLL = 0.1
_BUSY = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")


class ScrubbingError(Exception):
    """Something is deleted, and its bytes may still be in a file; the message says which and what to do."""


def scrub_database(engine: Engine) -> None:
    """Rewrite the record's files. ScrubbingError when a reader holds the write-ahead log for too long."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (tables.messages, tables.notes, tables.verdicts, tables.corrections):
                connection.execute(text(f"VACUUM (FULL) {table.name}"))
        return
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        cursor.execute("VACUUM")
    truncate_log(engine)


def truncate_log(engine: Engine) -> None:
    """SQLite: what was deleted leaves the write-ahead log too; in the file itself `secure_delete` overwrites it."""
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + _PATIENCE
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        while time.monotonic() < deadline:
            busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            time.sleep(_POLL)
    raise ScrubbingError("Another program reads the record's file all the time: end that, and run this again.")


async def scrub_store(redis: Client) -> None:
    """Rewrite Redis' files and wait till that is done. ScrubbingError when it cannot be."""
    try:
        persistence = await redis.info("persistence")
        if persistence["aof_enabled"]:
            await _rewrite(redis, "BGREWRITEAOF", "aof_last_bgrewrite_status")
        snapshots = (await redis.config_get("save")).get("save")
        if snapshots:
            await _rewrite(redis, "BGSAVE", "rdb_last_bgsave_status")
    except ResponseError as error:
        raise ScrubbingError(f"Redis does not rewrite its files ({error}): have its operator do it.") from error


async def _rewrite(redis: Client, command: str, outcome: str) -> None:
    """Start one rewrite after any that runs already, which may have begun too early, and wait for it."""
    await _idle(redis)
    await redis.execute_command(command)
    status = await _idle(redis)
    if status[outcome] != "ok":
        raise ScrubbingError(f"Redis failed to rewrite its files ({command}): see its log, and run this again.")


async def _idle(redis: Client) -> dict[str, object]:
    deadline = time.monotonic() + _REWRITE_PATIENCE
    while time.monotonic() < deadline:
        status: dict[str, object] = await redis.info("persistence")
        if not any(status[name] for name in _BUSY):
            return status
        await asyncio.sleep(_POLL)
    raise ScrubbingError("Redis has been rewriting its files for too long: see its log, and run this again.")
