"""`careline restart`: processes of one kind, one after the other, while the rest serve."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from bot.system.environment import compose, ensure_secrets
from bot.system.preflight import Problem, check_content, read_settings
from bot.system.programs import Program, named, programs
from bot.system.redis_server import find_redis_server
from bot.system.settings import SystemSettings
from bot.system.start import last_line
from bot.system.supervision import Supervisor
from bot.system.terminal import Terminal, duration


def restart(name: Annotated[str, typer.Argument(help="A kind (chat, rasa) or one process (chat-2).")]) -> None:
    """Restart processes one after the other: each finishes what it is at, and the next waits until it is well again.

    This is how changed content is taken up; content that cannot be read is named, and nothing is stopped.
    """
    terminal = Terminal()
    try:
        settings = read_settings()
        check_content()
        for program in _wanted(settings, name):
            _restart(Supervisor(settings), program, terminal, settings.careline_start_limit)
    except Problem as problem:
        terminal.failed(str(problem))
        raise typer.Exit(1) from None


def _wanted(settings: SystemSettings, name: str) -> list[Program]:
    if not Supervisor(settings).answers():
        raise Problem(f"Careline is not running on {settings.state}: start it with `make run`.")
    env = compose(settings, ensure_secrets(settings), os.environ)
    every = programs(settings, env, find_redis_server())
    if wanted := named(every, name):
        return wanted
    raise Problem(f"There is no process '{name}': name one of {', '.join(program.name for program in every)}.")


def _restart(supervisor: Supervisor, program: Program, terminal: Terminal, limit: float) -> None:
    terminal.begin(f"{program.title} is started again")
    if supervisor.states().get(program.name, {}).get("pid"):
        supervisor.stop_process(program.name)
    supervisor.start_process(program.name)
    while not program.healthy():
        if terminal.elapsed > limit:
            last = last_line(supervisor.settings.logs / f"{program.name}.log")
            raise Problem(f'The {program.title} was not ready within {limit:.0f} s, its last words: "{last}".')
        terminal.progress()
        time.sleep(0.1)
    terminal.done(f"{program.title} · {duration(terminal.elapsed)}")
