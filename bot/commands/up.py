"""`careline up`: start everything, wait until it is well, stay until Ctrl-C, stop everything."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import typer

from bot.record.settings import RecordSettings
from bot.system import preflight, start
from bot.system.environment import compose, ensure_secrets, write_private
from bot.system.health import redis_answers
from bot.system.preflight import Problem
from bot.system.programs import Program, programs, redis_config
from bot.system.redis_server import find_redis_server
from bot.system.settings import SystemSettings, without_password
from bot.system.supervision import Supervisor, end_all, leftovers
from bot.system.terminal import Terminal, duration


class Stop:
    """Becomes true with the first SIGINT, SIGTERM or SIGHUP."""

    def __init__(self) -> None:
        self.asked = False
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask)

    def _ask(self, sign: int, frame: FrameType | None) -> None:
        self.asked = True
        raise KeyboardInterrupt

    def __call__(self) -> bool:
        return self.asked


def up() -> None:
    """Start Careline: the chat server, Rasa, the action server, the model server, Redis and the record.

    Prints the addresses of the patient page and the desk once all are well, and stays until Ctrl-C, which stops
    everything. Every port and the state folder come from the environment (docs/operations.md).
    """
    terminal, stop = Terminal(), Stop()
    supervisor: Supervisor | None = None
    code = 0
    try:
        settings = preflight.read_settings()
        supervisor = Supervisor(settings)
        began = time.monotonic()
        env, parts = _prepare(settings, supervisor, terminal)
        terminal.line(f"Starting Careline (logs in {settings.logs})")
        supervisor.start(parts, env)
        start.wait_until_healthy(supervisor, parts, terminal, settings.careline_start_limit)
        _welcome(settings, env, supervisor, terminal, time.monotonic() - began)
        start.watch(supervisor, terminal, stop)
    except KeyboardInterrupt:
        pass
    except Problem as problem:
        terminal.failed(str(problem))
        code = 1
    finally:
        if supervisor and supervisor.process:
            _stop(supervisor, terminal)
    raise typer.Exit(code)


def _prepare(
    settings: SystemSettings, supervisor: Supervisor, terminal: Terminal
) -> tuple[dict[str, str], list[Program]]:
    preflight.check_state(settings)
    if supervisor.answers():
        raise Problem(
            f"Careline is running on this state already, at {settings.page}: stop it first with Ctrl-C there."
        )
    if left := leftovers(settings):
        terminal.warn(f"Ending {len(left)} processes that an earlier Careline left behind")
        end_all(left)
    preflight.settings_or_problem(RecordSettings)
    for sentence in preflight.missing_parts(settings):
        raise Problem(sentence)
    preflight.check_content()
    secret = ensure_secrets(settings)
    env = compose(settings, secret, os.environ)
    parts = programs(settings, env, _redis_server(settings))
    preflight.check_ports(parts)
    write_private(settings.run / "redis.conf", redis_config(settings, secret["REDIS_PASSWORD"]))
    write_private(settings.environment_file, "".join(f"{name}={value}\n" for name, value in env.items()))
    return env, parts


def _redis_server(settings: SystemSettings) -> Path | None:
    if settings.own_redis:
        if not redis_answers(settings.own_redis, timeout=3):
            address = without_password(settings.own_redis)
            raise Problem(f"No Redis answers at REDIS_URL ({address}): start it, or unset REDIS_URL for our own.")
        return None
    if found := find_redis_server():
        return found
    raise Problem("There is no redis-server: run `make setup` (it brings one), or name your own with REDIS_URL.")


def _welcome(
    settings: SystemSettings, env: Mapping[str, str], supervisor: Supervisor, terminal: Terminal, took: float
) -> None:
    from bot.system.first_nurse import ensure_first_nurse

    login = asyncio.run(ensure_first_nurse(env["REDIS_URL"], settings.first_login_file))
    megabytes = start.total_megabytes(supervisor)
    terminal.line(f"Careline is ready after {duration(took)}, {megabytes:,} MB in memory.")
    terminal.line()
    terminal.line(f"  Patient page   {settings.page}/")
    terminal.line(f"  Desk           {settings.page}/desk")
    if login:
        terminal.line(f"  Log in as      {login[0]}   password {login[1]}   (kept in {settings.first_login_file})")
    else:
        terminal.line("  Log in with    an account of yours (`careline nurse list`, `careline nurse add`)")
    if settings.own_redis:
        terminal.line(f"  Store          {without_password(settings.own_redis)} (yours, REDIS_URL)")
    if settings.generator_url:
        terminal.line(f"  Generator      {without_password(settings.generator_url)} (yours, GENERATOR_URL)")
    terminal.line()
    if not os.environ.get("CARELINE_REGION"):
        terminal.warn("CARELINE_REGION is not set: emergency numbers follow the patient's language (en: GB, zh: CN).")
    terminal.line("  Ctrl-C stops everything.")


def _stop(supervisor: Supervisor, terminal: Terminal) -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    terminal.live("  Stopping ...")
    supervisor.stop()
    terminal.done("Everything is stopped.")
