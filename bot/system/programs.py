"""The five processes of Careline: how each is started and how one sees that it is well."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis

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
    port: int
    port_setting: str
    healthy: Callable[[], bool]
    priority: int
    """Started from the lowest, stopped from the highest."""
    steady: int
    """Seconds it must run before an end no longer counts as a failed start (which is retried with growing pauses)."""


def programs(settings: SystemSettings, env: Mapping[str, str], redis_server: Path | None) -> list[Program]:
    """The processes to start; `env` as `compose` gives it. Redis only where no REDIS_URL of one's own is set."""
    app = str(APP_PYTHON)
    rasa = "/webhooks/careline/"  # Rasa serves it once the dialogue model is loaded
    found = [
        Program("models", "model server", (app, "-m", "models"), *_loopback(settings, "models", "/health"), 20, 10),
        Program("actions", "action server", (app, "-m", "actions"), *_loopback(settings, "actions", "/health"), 30, 10),
        Program("rasa", "dialogue manager", rasa_command(settings), *_loopback(settings, "rasa", rasa), 40, 10),
        Program("chat", "chat server", (app, "-m", "bot.server"), *_chat(settings), 50, 3),
    ]
    if settings.own_redis is None and redis_server is not None:
        command = (str(redis_server), str(settings.run / "redis.conf"))
        port = settings.redis_port
        store = Program(
            "redis", "store", command, "127.0.0.1", port, "REDIS_PORT", lambda: redis_answers(env["REDIS_URL"]), 10, 1
        )
        found.insert(0, store)
    return found


def rasa_command(settings: SystemSettings) -> tuple[str, ...]:
    """Rasa on loopback, with its token from the environment (never on a command line that others can read)."""
    return (str(RASA_PYTHON), "-m", "bot.nlu.launcher", "run")


def _loopback(settings: SystemSettings, name: str, path: str) -> tuple[str, int, str, Callable[[], bool]]:
    port: int = getattr(settings, f"{name}_port")
    return "127.0.0.1", port, f"{name.upper()}_PORT", lambda: http_answers(f"http://127.0.0.1:{port}{path}")


def _chat(settings: SystemSettings) -> tuple[str, int, str, Callable[[], bool]]:
    address = f"{settings.page}/health"
    return settings.careline_host, settings.careline_port, "CARELINE_PORT", lambda: http_answers(address)


def http_answers(url: str, timeout: float = 1.0) -> bool:
    """Whether a GET of this address gives 200 within `timeout` seconds."""
    return http_get(url, timeout)[0] == 200


def http_get(url: str, timeout: float = 1.0) -> tuple[int, object]:
    """Status and JSON body of a GET; status 0 when nobody answers, body None when it is no JSON."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    except (OSError, http.client.HTTPException):
        return 0, None
    except ValueError:
        return response.status, None
    finally:
        connection.close()


def redis_answers(url: str, timeout: float = 1.0) -> bool:
    """Whether the Redis at this address takes our password and answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


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
            "maxmemory-policy noeviction",
            "daemonize no",
            "supervised no",
        )
    )
