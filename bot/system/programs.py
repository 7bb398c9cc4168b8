"""The processes of Careline: how each is started and how one sees that it is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.system.health import http_answers, record_lives, redis_answers, unix_answers
from bot.system.settings import ROOT, SystemSettings

APP_PYTHON = ROOT / ".venv" / "bin" / "python"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


@dataclass(frozen=True)
class Program:
    """One process that supervisord runs."""

    name: str
    title: str
    command: tuple[str, ...]
    host: str
    port: int | None
    """None: it listens nowhere."""
    port_setting: str
    healthy: Callable[[], bool]
    priority: int
    """Started from the lowest, stopped from the highest."""
    steady: int
    """Seconds it must run before an end no longer counts as a failed start (which is retried with growing pauses)."""
    nice: int = 0
    """How far it stands back where the processor is busy: the store and the chat server go first, for emergencies."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of this process alone; `%` as in supervisord's configuration."""
    sharing: str | None = None
    """Processes of the same `sharing` listen on one socket, which supervisord opens and hands to each."""


def programs(settings: SystemSettings, env: Mapping[str, str], redis_server: Path | None) -> list[Program]:
    """The processes to start; `env` as `compose` gives it. Redis only where no REDIS_URL of one's own is set."""
    app = str(APP_PYTHON)
    found = [
        Program("models", "model server", (app, "-m", "models"), *_loopback(settings, "models"), 20, 10, nice=10),
        Program("actions", "action server", (app, "-m", "actions"), *_loopback(settings, "actions"), 30, 10, nice=5),
        *(_rasa(settings, number) for number in range(1, settings.rasa_processes + 1)),
        *(_chat(settings, number) for number in range(1, settings.chat_processes + 1)),
        _record(env["REDIS_URL"]),
    ]
    if settings.own_redis is None and redis_server is not None:
        command = (str(redis_server), str(settings.run / "redis.conf"))
        port = settings.redis_port
        store = Program(
            "redis", "store", command, "127.0.0.1", port, "REDIS_PORT", lambda: redis_answers(env["REDIS_URL"]), 10, 1
        )
        found.insert(0, store)
    return found


def named(found: Sequence[Program], name: str) -> list[Program]:
    """The processes of a name: one (`chat-2`), or all of a kind (`chat`)."""
    return [program for program in found if name in (program.name, program.name.rpartition("-")[0])]


def _loopback(settings: SystemSettings, name: str) -> tuple[str, int, str, Callable[[], bool]]:
    port: int = getattr(settings, f"{name}_port")
    return "127.0.0.1", port, f"{name.upper()}_PORT", lambda: http_answers(f"http://127.0.0.1:{port}/health")


def _rasa(settings: SystemSettings, number: int) -> Program:
    """Rasa on loopback, with its token from the environment (never on a command line that others can read)."""
    port = settings.rasa_ports[number - 1]
    name, title = _numbered("rasa", "dialogue manager", number, settings.rasa_processes)
    command = (str(RASA_PYTHON), "-m", "bot.nlu.launcher", "run")
    health = f"http://127.0.0.1:{port}/webhooks/careline/"  # Rasa serves it once the dialogue model is loaded
    return Program(
        name, title, command, "127.0.0.1", port, "RASA_PORT", lambda: http_answers(health), 40, 10,
        nice=5, env={"RASA_PORT": str(port)},
    )  # fmt: skip


def _chat(settings: SystemSettings, number: int) -> Program:
    several = settings.chat_processes > 1
    name, title = _numbered("chat", "chat server", number, settings.chat_processes)
    own = settings.run / f"chat-{number}.sock"
    configured = f"{settings.run}/chat-".replace("%", "%%") + ("%(process_num)d" if several else str(number)) + ".sock"
    return Program(
        name, title, (str(APP_PYTHON), "-m", "bot.server"), settings.careline_host, settings.careline_port,
        "CARELINE_PORT", lambda: unix_answers(own), 50, 3, env={"CARELINE_HEALTH_SOCKET": configured},
        sharing="chat" if several else None,
    )  # fmt: skip


def _record(redis_url: str) -> Program:
    command = (str(APP_PYTHON), "-m", "bot.record")
    return Program("record", "record", command, "", None, "", lambda: record_lives(redis_url), 60, 3)


def _numbered(name: str, title: str, number: int, of: int) -> tuple[str, str]:
    return (f"{name}-{number}", f"{title} {number}") if of > 1 else (name, title)


def redis_config(settings: SystemSettings, password: str) -> str:
    """Redis on loopback with every write on disk before it is acknowledged."""
    return "".join(
        line + "\n"
        for line in (
            "bind 127.0.0.1",
            f"port {settings.redis_port}",
            f"requirepass {password}",
            f'dir "{settings.state / "redis"}"',
            "appendonly yes",
            "appendfsync always",
            'save ""',  # the log is the persistence; a snapshot beside it would keep what was erased
            "maxmemory-policy noeviction",
            "daemonize no",
            "supervised no",
        )
    )
