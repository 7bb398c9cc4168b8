"""The whole real Careline for tests: started by `careline up` itself, on ports and a state folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil

from bot.system.environment import read_env_file
from bot.system.programs import APP_PYTHON, Program, named, programs
from bot.system.redis_server import find_redis_server
from bot.system.settings import ROOT, SystemSettings
from bot.system.supervision import Supervisor, leftovers

PORTS = ("CARELINE_PORT", "RASA_PORT", "ACTIONS_PORT", "MODELS_PORT", "REDIS_PORT")
PREPARED = ("weights", "rasa", "index")
NAMES = ("chat-1", "chat-2", "rasa-1", "rasa-2", "actions", "models", "redis", "record")
"""The processes of the system that tests share."""
SEVERAL = {"CHAT_PROCESSES": "2", "RASA_PROCESSES": "2"}
READY = "Careline is ready"


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nothing listens on at this moment."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_ports_in_a_row(count: int) -> int:
    """The first of `count` neighbouring loopback ports that nothing listens on at this moment."""
    while True:
        first = free_ports(1)[0]
        with ExitStack() as stack, suppress(OSError, OverflowError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


class RunningSystem:
    """One `careline up`, by default with one process of each kind: chat, rasa, actions, models, redis, record."""

    def __init__(self, state: Path, **environment: str) -> None:
        self.state = state
        self.output = state / "up.txt"
        chosen = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
        kept = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "RASA_URL", "ACTIONS_URL")}
        chosen["RASA_PORT"] = str(free_ports_in_a_row(int(environment.get("RASA_PROCESSES") or 1)))
        self._given = {**kept, "CARELINE_STATE": str(state), **chosen, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        _share_prepared(state)

    def up(self, limit: float = 240.0) -> None:
        """Start everything and wait until `careline up` says that it is ready."""
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [str(APP_PYTHON), "-m", "bot.cli", "up"],
                cwd=ROOT,
                env=self._given,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + limit
        while READY not in self.said:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.down()
                raise RuntimeError(f"careline up did not come up:\n{self.said}")
            time.sleep(0.1)

    def down(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Stop everything as Ctrl-C would; the exit code of `careline up`."""
        assert self._process
        if self._process.poll() is None:
            self._process.send_signal(sign)
        return self.wait()

    def wait(self, limit: float = 90.0) -> int:
        """Wait until `careline up` ends; its exit code."""
        assert self._process
        return self._process.wait(timeout=limit)

    @property
    def exit_code(self) -> int | None:
        """The exit code of `careline up`, or None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def said(self) -> str:
        """What `careline up` has printed so far."""
        return self.output.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The process of `careline up`."""
        assert self._process
        return self._process.pid

    @property
    def env(self) -> dict[str, str]:
        """The environment of the processes: give it to a command that is to talk to this system."""
        return {**self._given, **read_env_file(self.state / "run" / "environment.env")}

    @property
    def settings(self) -> SystemSettings:
        """What this system was started with."""
        numbers = {name.lower(): int(self._given[name]) for name in (*PORTS, *SEVERAL) if name in self._given}
        return SystemSettings(careline_state=self.state, careline_host="127.0.0.1", **numbers)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        """The patient page's address, without a slash at the end."""
        return self.settings.page

    @property
    def redis_url(self) -> str:
        """The store, with its password."""
        return self.env["REDIS_URL"]

    @property
    def nurse(self) -> str:
        """Login name of the nurse whom the first start made."""
        return read_env_file(self.settings.first_login_file)["name"]

    @property
    def password(self) -> str:
        """That nurse's password."""
        return read_env_file(self.settings.first_login_file)["password"]

    def stop(self, name: str) -> None:
        """Stop one process, or all of a kind (`chat`); they stay away until `start`."""
        for each in self.names(name):
            self._supervisor.stop_process(each)

    def start(self, name: str) -> None:
        """Start what was stopped; does not wait until it is well."""
        for each in self.names(name):
            self._supervisor.start_process(each)

    def kill(self, name: str) -> None:
        """End processes by SIGKILL, their children too, as a crash would; the process manager starts them again."""
        victims = [psutil.Process(pid) for pid in self.pids(name)]
        for victim in victims:
            victim.kill()
        psutil.wait_procs(victims, timeout=10)

    def pids(self, name: str) -> list[int]:
        """The processes of that name or kind, each followed by those below it; empty while they are down."""
        states = self._supervisor.states()
        return [pid for each in self.names(name) if states[each]["pid"] for pid in _family(int(states[each]["pid"]))]

    def wait_healthy(self, name: str, limit: float = 90.0) -> None:
        """Wait until a process, or all of a kind, are well; AssertionError after `limit` seconds."""
        deadline = time.monotonic() + limit
        for program in named(self.programs, name):
            while not (self.pids(program.name) and program.healthy()):
                assert time.monotonic() < deadline, f"{name} is not well after {limit:.0f} s\n{self.log(program.name)}"
                time.sleep(0.1)

    def names(self, name: str) -> list[str]:
        """The names of all processes of a kind (`chat`: `chat-1`, `chat-2`), or the one name."""
        return [program.name for program in named(self.programs, name)]

    def log(self, name: str, characters: int = 3000) -> str:
        """The end of one process's log."""
        return (self.state / "logs" / f"{name}.log").read_text(errors="replace")[-characters:]

    def left_behind(self) -> list[str]:
        """Processes of this system that still run; none may after `down`."""
        return [process.name() for process in self.processes_left()]

    def processes_left(self) -> list[psutil.Process]:
        """The same, as processes."""
        return leftovers(self.settings)

    @property
    def _supervisor(self) -> Supervisor:
        return Supervisor(self.settings)

    @property
    def programs(self) -> list[Program]:
        """All that runs here, in no certain order."""
        return programs(self.settings, self.env, find_redis_server())


def _family(pid: int) -> list[int]:
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _share_prepared(state: Path) -> None:
    """Weights and dialogue model are made once (`make setup`), and only read here."""
    prepared = Path(os.environ.get("CARELINE_STATE") or ROOT / ".careline")
    (prepared / "index").mkdir(parents=True, exist_ok=True)  # the first system that reads the pages fills it
    for name in PREPARED:
        if (prepared / name).exists() and not (state / name).exists():
            (state / name).symlink_to((prepared / name).absolute())
