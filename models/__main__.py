"""Runs the model server: `python -m models`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket

from aiohttp import web
from click import echo
from pydantic import ValidationError

from models.loading import SHELF
from models.server import build_app
from models.settings import Settings


async def _serve(settings: Settings) -> int:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        # Before anything is loaded: who cannot listen shall know at once.
        listening = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error
        echo(f"The model server cannot listen on {settings.host}:{settings.port}: {why}.", err=True)
        return 1
    app = build_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    logging.info("model server on http://%s:%d, loading models", settings.host, settings.port)
    try:
        await _until_stopped(app)
        return 1 if app[SHELF].failed else 0
    finally:
        await runner.cleanup()


async def _until_stopped(app: web.Application) -> None:
    """Until a signal comes, or the models cannot be loaded: whoever watches this process has to know."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    while not stopped.is_set() and not app[SHELF].failed:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 1)


def main() -> int:
    """Serve until told to stop; the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        echo(f"The setting {first['loc'][0]} is wrong: {first['msg']}.", err=True)
        return 1
    return asyncio.run(_serve(settings))


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    # A thread that is still loading weights cannot be stopped, and the interpreter's own way out aborts on it.
    os._exit(status)
