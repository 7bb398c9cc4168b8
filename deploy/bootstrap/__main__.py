"""`python3 -m deploy.bootstrap setup|run [--dev]`: everything from a bare machine to what `careline up` needs."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from dataclasses import dataclass
from typing import Callable, List

from bot.system.terminal import Terminal
from deploy.bootstrap import environments, frontend
from deploy.bootstrap.commands import CommandFailed, run
from deploy.bootstrap.failure import Failure
from deploy.bootstrap.places import APP, LOG, RASA, ROOT

WORTH_A_LINE = 2.0
"""Seconds from which a step that found nothing to do is shown nevertheless."""


@dataclass(frozen=True)
class Step:
    """One thing to prepare. `ready` None: the step sees by itself, and quickly, whether there is anything to do."""

    title: str
    do: Callable[[Terminal], None]
    ready: "Callable[[], bool] | None" = None
    gigabytes: float = 0.0


def main(arguments: List[str]) -> int:
    """Prepare all that is missing; with `run`, become `careline up` then. Gives the exit code."""
    terminal = Terminal()
    try:
        with _alone(terminal):
            prepare(steps(tools="--dev" in arguments), terminal)
    except Failure as failure:
        terminal.failed(str(failure))
        return 1
    except KeyboardInterrupt:
        terminal.line("  Stopped. Nothing is left running; the next `make` goes on where this one was.")
        return 130
    if "run" in arguments:
        os.chdir(str(ROOT))
        os.execv(str(APP / "bin" / "python"), [str(APP / "bin" / "python"), "-m", "bot.cli", "up"])
    return 0


def steps(tools: bool) -> List[Step]:
    """What a running Careline needs, in the order in which it is made."""
    kinds = [environments.MODERN, environments.DIALOGUE] + [environments.TOOLS] * tools
    return [
        *(Step(kind.name, _installer(kind), kind.ready, kind.gigabytes) for kind in kinds),
        Step("Front end", frontend.build, frontend.ready, 0.4),
        Step("Content", _python(APP, "bot.system.content")),
        Step("Model weights", _python(APP, "models.weights")),
        Step("Dialogue model", _python(RASA, "bot.nlu.train")),
        Step("Vectors of the pages", _python(APP, "bot.cli", "knowledge", "index", "--own")),
    ]


def prepare(todo: List[Step], terminal: Terminal) -> None:
    """Do the steps that have something to do. Raises Failure at the first that cannot be done."""
    missing = [step for step in todo if step.ready is not None and not step.ready()]
    _check_disk(sum(step.gigabytes for step in missing))
    if missing:
        terminal.line(f"Setting up Careline (the whole output goes to {_short(LOG)})")
    for number, step in enumerate(todo, 1):
        if step.ready is not None and step not in missing:
            continue
        terminal.begin(f"[{number}/{len(todo)}] {step.title}")
        step.do(terminal)
        if step in missing or terminal.elapsed >= WORTH_A_LINE:
            terminal.finish()
    terminal.clear()


def _installer(kind: environments.Environment) -> Callable[[Terminal], None]:
    return lambda terminal: environments.install(kind, terminal)


def _python(environment: "os.PathLike[str]", module: str, *arguments: str) -> Callable[[Terminal], None]:
    """A step that is a module of ours: it shows its own lines, and its last one is the sentence when it fails."""

    def do(terminal: Terminal) -> None:
        python = os.path.join(environment, "bin", "python")
        try:
            run([python, "-m", module, *arguments], terminal)
        except CommandFailed as error:
            last = error.tail[-1] if error.tail else "no message"
            raise Failure(last if last.endswith(".") else f"{module} failed ({last}): see {LOG}.") from error

    return do


def _check_disk(gigabytes: float) -> None:
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < gigabytes:
        raise Failure(
            f"The disk is too full: what is still to be installed needs {gigabytes:.1f} GB and {free:.1f} GB are "
            f"free at {ROOT}; make room (`pip cache purge` may help) and run make again."
        )


class _alone:
    """One set-up at a time in one checkout: the second waits for the first."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def __enter__(self) -> None:
        folder = ROOT / ".careline"
        try:
            folder.mkdir(exist_ok=True)
            self.lock = (folder / "setup.lock").open("w")
        except OSError as error:
            raise Failure(
                f"{folder} cannot be written ({error.strerror}): run make as the checkout's owner."
            ) from error
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self.terminal.live("  Another set-up is running in this checkout: waiting for it")
                time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        self.lock.close()


def _short(path: "os.PathLike[str]") -> str:
    return os.path.relpath(path) if os.path.abspath(path).startswith(os.getcwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
