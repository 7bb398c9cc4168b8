"""The two Python environments: made from pinned lists, by pip as this machine has it configured."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple

from bot.system.terminal import Terminal
from deploy.bootstrap.commands import CommandFailed, run
from deploy.bootstrap.failure import Failure
from deploy.bootstrap.places import APP, LOG, RASA, ROOT
from deploy.bootstrap.pythons import APP_VERSIONS, RASA_VERSIONS, find_python

PIP = "pip==26.3"


@dataclass(frozen=True)
class Environment:
    """One environment: where it lies, which Pythons may build it, and what goes into it in which order."""

    name: str
    folder: Path
    versions: Tuple[str, ...]
    lock: Path
    first: Tuple[str, ...] = ()
    """Requirements that pip installs before the list and with their own dependencies."""
    gigabytes: float = 1.0
    """Free disk space that building it takes, the download included."""

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / f"installed-{self.lock.stem}"

    def fingerprint(self) -> str:
        """Changes when the list, the place of the checkout or the way of installing changes."""
        text = "\n".join((self.lock.read_text(), str(ROOT), PIP, *self.first))
        return hashlib.sha256(text.encode()).hexdigest()

    def ready(self) -> bool:
        """Whether it is there as the list wants it; takes a millisecond."""
        return self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.fingerprint()


# torch alone and first: its own dependencies differ between its CPU and its GPU build, and the list holds neither.
MODERN = Environment("Python packages", APP, APP_VERSIONS, ROOT / "deploy/app.txt", ("torch==2.13.0",), 4.0)
DIALOGUE = Environment("Rasa and its packages", RASA, RASA_VERSIONS, ROOT / "deploy/rasa.txt", (), 1.5)
TOOLS = Environment("test and lint tools", APP, APP_VERSIONS, ROOT / "deploy/dev.txt", (), 0.6)


def install(environment: Environment, terminal: Terminal) -> None:
    """Make the environment if need be, and install its list. Raises Failure."""
    _make(environment, terminal)
    constraint = ["-c", str(environment.lock)]
    for requirement in environment.first:
        _pip(environment, [*constraint, requirement], terminal, 0)
    count = sum(1 for line in environment.lock.read_text().splitlines() if "==" in line)
    _pip(environment, ["--no-deps", "-r", str(environment.lock)], terminal, count)
    if environment is MODERN:  # puts `careline` beside the interpreter, pointing at this checkout
        _pip(environment, ["--no-deps", "--no-build-isolation", "-e", str(ROOT)], terminal, 0)
    environment.stamp.write_text(environment.fingerprint())


def _make(environment: Environment, terminal: Terminal) -> None:
    if environment.python.exists() and (environment.folder / "bin" / "pip").exists() and not _moved(environment):
        return
    if environment.folder.exists():
        shutil.rmtree(str(environment.folder))
    python = find_python(environment.versions, environment.name)
    try:
        run([str(python), "-m", "venv", str(environment.folder)], terminal)
    except CommandFailed as error:
        raise Failure(f"{python} could not make {environment.folder.name} ({error.tail[-1:]}): see {LOG}.") from error
    _pip(environment, [PIP], terminal, 0)


def _moved(environment: Environment) -> bool:
    """Environments hold absolute paths: one that was carried elsewhere with the checkout is no good."""
    pip = environment.folder / "bin" / "pip"
    return str(environment.folder) not in pip.read_text(errors="replace")[:400]


def _pip(environment: Environment, arguments: List[str], terminal: Terminal, count: int) -> None:
    progress = _PipProgress(environment, count)
    command = [str(environment.python), "-m", "pip", "install", "--no-input", *arguments]
    try:
        run(command, terminal, progress, env={"PYTHONUTF8": "1", "PIP_PROGRESS_BAR": "off"})
    except CommandFailed as error:
        errors = [line for line in error.tail if line.lower().startswith("error")] or error.tail
        cause = errors[-1] if errors else "no message"
        raise Failure(
            f"pip could not install {environment.name} ({cause}): check the network and your pip settings "
            f"(`pip config list`), then run make again; the whole output is in {LOG}."
        ) from error


class _PipProgress:
    """Turns pip's lines into how far it is."""

    def __init__(self, environment: Environment, count: int) -> None:
        self.environment, self.count = environment, count
        self.collected = 0
        self.total: Optional[int] = None
        self.before = _installed(environment)

    def __call__(self, line: str) -> str:
        word, _, rest = line.partition(" ")
        if word in ("Collecting", "Processing", "Requirement"):
            self.collected += 1
            of = f"{min(self.collected, self.count)}/{self.count} " if self.count else ""
            return f"fetching {of}{os.path.basename(rest.replace('already satisfied: ', '').split(' ')[0])}"
        if line.startswith("Installing collected"):
            self.total = line.count(",") + 1
        if self.total is None:
            return ""
        return f"installing {min(_installed(self.environment) - self.before, self.total)}/{self.total}"


def _installed(environment: Environment) -> int:
    return sum(1 for _ in environment.folder.glob("lib/python3*/site-packages/*.dist-info"))
