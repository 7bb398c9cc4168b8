"""Runs the long commands of the set-up: quiet on the terminal, whole in the log, and gone when the set-up goes."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import threading
from typing import IO, Callable, Dict, List, Optional

from bot.system.terminal import Terminal
from deploy.bootstrap.places import LOG, ROOT

Say = Callable[[str], str]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class CommandFailed(Exception):
    """A command ended with an error; `tail` holds its last lines."""

    def __init__(self, tail: List[str]) -> None:
        super().__init__("command failed")
        self.tail = tail


def run(
    command: List[str],
    terminal: Terminal,
    say: Optional[Say] = None,
    env: Optional[Dict[str, str]] = None,
    cwd: Optional[str] = None,
) -> List[str]:
    """Run a command to its end, its output into the log and its progress onto the live line; gives its last lines.

    `say` turns its newest line of output into what the live line shows. Raises CommandFailed.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        process = subprocess.Popen(
            command,
            cwd=cwd or str(ROOT),
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            tail = _follow(process, log, terminal, say or (lambda line: line))
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise CommandFailed(tail)
    return tail


def _follow(process: "subprocess.Popen[str]", log: IO[str], terminal: Terminal, say: Say) -> List[str]:
    lines: "queue.Queue[Optional[str]]" = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    tail: List[str] = []
    shown = ""
    while True:
        terminal.progress(shown)
        try:
            line = lines.get(timeout=0.5)
        except queue.Empty:
            shown = say("") or shown
            continue
        if line is None:
            break
        log.write(line)
        text = ESCAPES.sub("", line).strip()
        if text:
            tail = [*tail[-39:], text]
            shown = say(text) or shown
    process.wait()
    return tail


def _read(stream: Optional[IO[str]], lines: "queue.Queue[Optional[str]]") -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _end(process: "subprocess.Popen[str]") -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return
