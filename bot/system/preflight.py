"""What must be right before anything is started."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from bot.system import content
from bot.system.programs import APP_PYTHON, RASA_PYTHON, Program
from bot.system.settings import ROOT, SystemSettings

NEEDED_FREE = 0.5
"""GB of free disk below which Careline does not start: the conversations' log must not meet a full disk."""
LONGEST_SOCKET_PATH = 100
BUILT = ROOT / "bot" / "web" / "dist"


class Problem(Exception):
    """Careline cannot start; the message is one sentence that says what is wrong and how to mend it."""


def settings_or_problem(kind: type[BaseSettings]) -> BaseSettings:
    """The settings of a room, read from the environment. Problem names the first that is wrong."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
        raise Problem(f"{name} is not valid ({first['msg']}): correct it in the environment.") from None


def read_settings() -> SystemSettings:
    """The settings of `careline up`. Problem when one is wrong."""
    settings = settings_or_problem(SystemSettings)
    assert isinstance(settings, SystemSettings)  # noqa: S101
    return settings


def check_state(settings: SystemSettings) -> None:
    """Make the state folder. Problem when it cannot be written or its disk is full."""
    try:
        for folder in (settings.state, settings.logs, settings.run, settings.state / "redis"):
            folder.mkdir(parents=True, exist_ok=True)
        settings.run.chmod(0o700)
        (settings.state / "redis").chmod(0o700)
    except OSError as error:
        raise Problem(
            f"The state folder {settings.state} cannot be written ({error.strerror}): mend its permissions "
            "or name another one with CARELINE_STATE."
        ) from None
    if len(str(settings.run)) > LONGEST_SOCKET_PATH - len("/supervisor.sock"):
        raise Problem(f"The path {settings.state} is too long for a socket: name a shorter one with CARELINE_STATE.")
    free = free_gigabytes(settings.state)
    if free < NEEDED_FREE:
        raise Problem(
            f"The disk of {settings.state} is full ({free:.2f} GB free, {NEEDED_FREE} GB needed): make room, "
            "or put the state on another disk with CARELINE_STATE."
        )


def free_gigabytes(folder: Path) -> float:
    """Free disk space where the folder lies."""
    return shutil.disk_usage(folder).free / 1e9


def missing_parts(settings: SystemSettings) -> Iterator[str]:
    """A sentence for everything that set-up makes and that is not there."""
    again = "run `make setup`"
    if not APP_PYTHON.exists():
        yield f"The Python environment .venv is missing: {again}."
    if not RASA_PYTHON.exists():
        yield f"Rasa's environment .venv-rasa is missing: {again}."
    if not any((settings.state / "rasa").glob("*.tar.gz")):
        yield f"No trained dialogue model lies in {settings.state / 'rasa'}: {again}."
    if not os.environ.get("GENERATOR_WEIGHTS") and not (settings.state / "weights" / "generator").exists():
        yield f"The generator's weights are missing in {settings.state / 'weights'}: {again}."
    if not os.environ.get("EMBEDDER_WEIGHTS") and not (settings.state / "weights" / "embedder").exists():
        yield f"The embedder's weights are missing in {settings.state / 'weights'}: {again}."
    if not BUILT.is_dir():
        yield f"The patient page and the desk are not built (bot/web/dist): {again}."


def check_content() -> None:
    """Problem with the first content file that cannot be read."""
    for problem in (*content.problems(), *content.meaning()):
        raise Problem(problem)


def check_ports(programs: Sequence[Program]) -> None:
    """Problem when a port is wanted twice or taken by somebody else."""
    seen: dict[int, Program] = {}
    for program in programs:
        if (port := program.port) is None:
            continue
        other = seen.get(port)
        if other and not (program.sharing and program.sharing == other.sharing):
            raise Problem(f"{program.port_setting} and {other.port_setting} are both {port}: give each its own port.")
        seen[port] = program
        if taken(program.host, port):
            raise Problem(
                f"Port {port} ({program.title}) is taken{_holder(port)}: stop what holds it, or "
                f"choose another port, for example {program.port_setting}={port + 1000} make run."
            )


def taken(host: str, port: int) -> bool:
    """Whether something listens there already (or the address cannot be bound at all)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            here = connection.laddr and connection.laddr.port == port
            if here and connection.status == psutil.CONN_LISTEN and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return ""
