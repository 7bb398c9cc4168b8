"""`careline doctor`: looks at every part and says what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import typer

from bot.system import examination
from bot.system.environment import compose, ensure_secrets
from bot.system.examination import Finding
from bot.system.preflight import Problem, read_settings
from bot.system.settings import SystemSettings
from bot.system.terminal import Terminal


def doctor() -> None:
    """Check every part: environments, models, content, settings, disk, and each process if Careline runs.

    Every line that is not well says how to mend it. Exit code 1 when something is wrong (warnings do not count).
    """
    terminal = Terminal()
    try:
        settings = read_settings()
    except Problem as problem:
        terminal.failed(str(problem))
        raise typer.Exit(1) from None
    worst = 0
    for finding in examine(settings):
        show = (terminal.done, terminal.warn, terminal.failed)[finding.severity]
        show(finding.text)
        worst = max(worst, finding.severity)
    raise typer.Exit(1 if worst == examination.WRONG else 0)


def examine(settings: SystemSettings) -> Iterator[Finding]:
    """All findings, in the order in which a message meets the parts."""
    yield from examination.parts(settings)
    yield from examination.content_files()
    yield from examination.safety(settings)
    yield from examination.disk(settings)
    env = compose(settings, ensure_secrets(settings), os.environ)
    yield from examination.processes(settings, env)
    yield from asyncio.run(examination.record(env["REDIS_URL"]))
    yield from asyncio.run(examination.nurses(env["REDIS_URL"]))
