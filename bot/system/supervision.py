"""supervisord, the process manager: its configuration, its start, its control socket, its end."""

from __future__ import annotations

import getpass
import http.client
import os
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from bot.system.environment import INSTANCE, write_private
from bot.system.programs import Program
from bot.system.settings import ROOT, SystemSettings
from bot.system.tied import tie_to_parent

START_MARK = "--- careline up"
"""Begins each start in the logs, so that the last words of an earlier one are not taken for today's."""
STOP_SECONDS = 10
"""How long a process may take to end by itself before it is killed."""


def socket_path(settings: SystemSettings) -> Path:
    """The control socket; its folder is the owner's alone."""
    return settings.run / "supervisor.sock"


def configuration(settings: SystemSettings, programs: Sequence[Program]) -> str:
    """supervisord's configuration. It holds no secret: those come with the environment."""
    logs = settings.logs
    sections: list[tuple[str, Mapping[str, object]]] = [
        ("unix_http_server", {"file": socket_path(settings), "chmod": "0700"}),
        (
            "supervisord",
            {
                "nodaemon": "true",
                "silent": "true",
                "directory": ROOT,
                "logfile": logs / "supervisord.log",
                "logfile_maxbytes": "5MB",
                "logfile_backups": 2,
                "pidfile": settings.run / "supervisord.pid",
                "childlogdir": logs,
                "minfds": 1024,
                **({"user": getpass.getuser()} if os.geteuid() == 0 else {}),
            },
        ),
        ("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": _FACTORY}),
        ("supervisorctl", {"serverurl": f"unix://{socket_path(settings)}"}),
        *_programs(programs, logs),
    ]
    return "\n".join(_section(name, values) for name, values in sections)


_FACTORY = "supervisor.rpcinterface:make_main_rpcinterface"


_TEMPLATES = frozenset({"environment", "process_name", "stdout_logfile"})
"""Keys whose values may hold supervisord's expansions; in all others `%` means itself."""
_NUMBER = "%(process_num)d"


def _programs(programs: Sequence[Program], logs: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    folder = str(logs).replace("%", "%%")
    for program in programs:
        if not program.sharing:
            yield f"program:{program.name}", _program(program, f"{folder}/{program.name}.log")
    shared = [program for program in programs if program.sharing]
    for name, members in groupby(shared, key=lambda program: program.sharing):
        yield f"fcgi-program:{name}", _sharing(list(members), folder)


def _sharing(members: Sequence[Program], folder: str) -> Mapping[str, object]:
    """Processes on one socket. supervisord holds it, so that who connects while one of them restarts is not refused."""
    first = members[0]
    name = f"{first.sharing}-{_NUMBER}"
    return {
        **_program(first, f"{folder}/{name}.log"),
        "socket": f"tcp://{first.host}:{first.port}",
        "process_name": name,
        "numprocs": len(members),
        "numprocs_start": 1,
    }


def _program(program: Program, log: str) -> dict[str, object]:
    command = (sys.executable, "-m", "bot.system.tied", str(program.nice), *program.command)
    return {
        "command": shlex.join(command),
        "directory": ROOT,
        "environment": ",".join(f'{name}="{value}"' for name, value in program.env.items()),
        "priority": program.priority,
        "autostart": "true",
        "autorestart": "true",
        "startsecs": program.steady,
        "startretries": 100_000,
        "stopwaitsecs": STOP_SECONDS,
        "stopasgroup": "true",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": log,
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 3,
    }


def _section(name: str, values: Mapping[str, object]) -> str:
    lines = (f"{key}={value if key in _TEMPLATES else _literal(value)}" for key, value in values.items() if value != "")
    return "\n".join((f"[{name}]", *lines, ""))


def _literal(value: object) -> str:
    return str(value).replace("%", "%%")


class Supervisor:
    """The process manager of one Careline, over its control socket."""

    def __init__(self, settings: SystemSettings) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, programs: Sequence[Program], env: Mapping[str, str]) -> None:
        """Start supervisord as our child, in a session of its own: Ctrl-C reaches us alone, and it ends with us."""
        config = self.settings.state / "supervisord.conf"
        write_private(config, configuration(self.settings, programs))
        for program in programs:
            with (self.settings.logs / f"{program.name}.log").open("a") as log:
                log.write(f"{START_MARK} {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.settings.logs / "supervisord.err").open("wb"),
            start_new_session=True,
            preexec_fn=tie_to_parent,
        )

    @property
    def running(self) -> bool:
        """Whether the supervisord that we started is there."""
        return self.process is not None and self.process.poll() is None

    def call(self, method: str, *arguments: object) -> Any:
        """One call of supervisord's XML-RPC interface. OSError when nobody is there."""
        transport = SupervisorTransport(None, None, f"unix://{socket_path(self.settings)}")
        try:
            server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(server.supervisor, method)(*arguments)
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            transport.close()

    def states(self) -> dict[str, dict[str, Any]]:
        """What supervisord says of each process, by name; empty while it does not answer."""
        try:
            return {info["name"]: info for info in self.call("getAllProcessInfo")}
        except OSError:
            return {}

    def stop_process(self, name: str) -> None:
        """Stop one process, gently, and wait until it has ended; it stays away until `start_process`."""
        self.call("stopProcess", self._full_name(name), True)

    def start_process(self, name: str) -> None:
        """Start one that was stopped; does not wait until it is well."""
        self.call("startProcess", self._full_name(name), False)

    def _full_name(self, name: str) -> str:
        return f"{self.states()[name]['group']}:{name}"

    def answers(self) -> bool:
        """Whether a supervisord of this state is alive."""
        try:
            return bool(self.call("getSupervisorVersion"))
        except OSError:
            return False

    def stop(self) -> None:
        """End every process: gently, then surely. Afterwards nothing of this Careline runs."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5 * STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        end_all(leftovers(self.settings))
        socket_path(self.settings).unlink(missing_ok=True)


def leftovers(settings: SystemSettings) -> list[psutil.Process]:
    """Processes that carry this Careline's mark."""
    mark, found = str(settings.state), []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(INSTANCE) == mark:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end_all(processes: Sequence[psutil.Process], patience: float = 5.0) -> None:
    """End processes: SIGTERM, and SIGKILL for those that are still there after `patience` seconds."""
    waiting = list(processes)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for process in waiting:
            try:
                process.send_signal(sign)
            except psutil.Error:
                continue
        _, waiting = psutil.wait_procs(waiting, timeout=patience)


def memory(process: psutil.Process) -> int:
    """Resident bytes of a process and all below it."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_info().rss
        except psutil.Error:
            continue
    return total
