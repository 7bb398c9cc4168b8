"""Waits until every process is well, and keeps an eye on them afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import psutil

from bot.system.preflight import Problem
from bot.system.programs import Program
from bot.system.supervision import START_MARK, Supervisor, memory
from bot.system.terminal import Terminal, duration

FAILED_STARTS = 2
"""A process that ended that often while Careline started will not come up by itself."""
_ERROR = re.compile(r"Error\b|\bERROR\b|\berror:")
GONE = ("BACKOFF", "EXITED", "FATAL")


def wait_until_healthy(supervisor: Supervisor, programs: Sequence[Program], terminal: Terminal, limit: float) -> None:
    """One line per process as it becomes well. Problem when one ends or `limit` seconds pass."""
    began = time.monotonic()
    waiting = list(programs)
    ends: dict[str, set[Any]] = {program.name: set() for program in programs}
    while waiting:
        states = supervisor.states()
        for program in list(waiting):
            info = states.get(program.name, {})
            if info.get("statename") in GONE:
                ends[program.name].add(info["stop"])
            if len(ends[program.name]) >= FAILED_STARTS or info.get("statename") == "FATAL":
                raise Problem(_why(program, supervisor, "does not start"))
            if info.get("pid") and program.healthy():
                waiting.remove(program)
                terminal.done(_ready_line(program, info["pid"], time.monotonic() - began))
        if not supervisor.running:
            raise Problem(f"The process manager ended: see {supervisor.settings.logs / 'supervisord.log'}.")
        elapsed = time.monotonic() - began
        if waiting and elapsed > limit:
            raise Problem(_why(waiting[0], supervisor, f"was not ready within {limit:.0f} s"))
        names = ", ".join(program.title for program in waiting)
        terminal.live(f"  … {duration(elapsed)} · waiting for {names}")
        time.sleep(0.1)
    terminal.clear()


def _ready_line(program: Program, pid: int, seconds: float) -> str:
    place = f"port {program.port}" if program.port else ""
    return f"{program.title:<17} {place:<11} {duration(seconds):>7} {_megabytes([pid]):>5} MB"


def total_megabytes(supervisor: Supervisor) -> int:
    """Resident memory of all processes, the process manager included."""
    return _megabytes([supervisor.process.pid]) if supervisor.process else 0


def _megabytes(pids: Iterable[int]) -> int:
    total = 0
    for pid in pids:
        try:
            total += memory(psutil.Process(pid))
        except psutil.Error:
            continue
    return round(total / 1e6)


def _why(program: Program, supervisor: Supervisor, what: str) -> str:
    log = supervisor.settings.logs / f"{program.name}.log"
    last = last_line(log)
    said = f', its last words: "{last}"' if last else ""
    return f"The {program.title} {what}{said}; see {log}, mend that and start again (`careline doctor` helps)."


def last_line(log: Path, longest: int = 300) -> str:
    """The last error in a process's log since its start, else its last line; cut to `longest` characters."""
    try:
        text = log.read_bytes()[-20_000:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.rpartition(START_MARK)[2].splitlines()[1:] if line.strip()]
    errors = [line for line in lines[-40:] if _ERROR.search(line)]
    return (errors or lines or [""])[-1][:longest]


def watch(supervisor: Supervisor, terminal: Terminal, stopped: Callable[[], bool]) -> None:
    """Until `stopped`: say when a process ended and when it is back. Problem when the process manager is gone."""
    pids = {name: info["pid"] for name, info in supervisor.states().items()}
    while not stopped():
        if not supervisor.running:
            raise Problem("The process manager was killed, and all processes ended with it: start again.")
        for name, info in supervisor.states().items():
            now = info["pid"]
            if pids.get(name) and now != pids[name]:
                terminal.warn(f"{_clock()} {name} ended and is started again")
            elif now and not pids.get(name):
                terminal.done(f"{_clock()} {name} runs again")
            pids[name] = now
        _sleep(1.0, stopped)


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(0.1)


def _clock() -> str:
    return time.strftime("%H:%M:%S")
