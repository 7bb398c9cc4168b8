"""The process that keeps the record: `python -m bot.record`. It follows the feed, and sweeps once a day.

It runs at a lower priority than everything that a patient waits for.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal

from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.connection import Client, connect
from bot.conversation.store import now_ms
from bot.conversation.tasks import end
from bot.record.database import migrate, open_database
from bot.record.lease import Lease
from bot.record.projector import Projector
from bot.record.retention import sweep_if_due
from bot.record.scrubbing import ScrubbingError
from bot.record.settings import RecordSettings

log = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds between two portions: few large transactions instead of many small ones."""
_LONGEST_PAUSE = 15.0
_NICENESS = 10


class Recorder:
    """Keeps the record until cancelled, whichever side is away meanwhile."""

    def __init__(self, redis: Client, engine: Engine, settings: RecordSettings) -> None:
        self._redis = redis
        self._engine = engine
        self._settings = settings
        self._projector = Projector(redis, engine)
        self._lease = Lease(redis)
        self._migrated = False

    async def run(self) -> None:
        """Project and sweep. Errors are waited for; only a cancellation ends it."""
        beat, pause = asyncio.create_task(self._lease.beat()), _PAUSE
        try:
            while True:
                pause = _PAUSE if await self._try() else min(pause * 2, _LONGEST_PAUSE)
                await asyncio.sleep(pause)
        finally:
            await end([beat])
            await self._lease.release()

    async def _try(self) -> bool:
        """One round. False when something was away."""
        if not self._lease.held:
            return True
        try:
            await self._round()
        except (RedisError, OSError) as error:
            log.warning("the record waits: the store is away (%s)", type(error).__name__)
            return False
        except SQLAlchemyError as error:
            await self._lease.tell("away")
            log.warning("the record waits: its database is away (%s)", type(error).__name__)
            return False
        except ScrubbingError as error:
            log.error("the daily sweep could not finish: %s", error)
        await self._lease.tell("well")
        return True

    async def _round(self) -> None:
        if not self._migrated:
            await asyncio.to_thread(migrate, self._engine)
            self._migrated = True
        await self._projector.catch_up()
        await sweep_if_due(self._redis, self._engine, self._projector, self._settings, now_ms())


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = RecordSettings()
    redis, engine = connect(settings.redis_url), open_database(settings)
    running, stop = asyncio.create_task(Recorder(redis, engine, settings).run()), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    told = asyncio.create_task(_until(stop))
    await asyncio.wait((running, told), return_when=asyncio.FIRST_COMPLETED)
    failures = await end([running, told])
    await redis.aclose()
    engine.dispose()
    for failure in filter(None, failures):
        raise failure


async def _until(event: asyncio.Event) -> None:
    await event.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.nice(_NICENESS)
    asyncio.run(main())
