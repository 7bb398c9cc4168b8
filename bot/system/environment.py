"""The environment that every process of one Careline runs in: addresses, ports, secrets."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from bot.system.settings import SystemSettings

INSTANCE = "CARELINE_INSTANCE"
"""Marks the processes of one Careline by its state folder, so that leftovers can be found."""


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; nothing when there is none."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def ensure_secrets(settings: SystemSettings) -> dict[str, str]:
    """The secrets of this Careline: given by the environment, else kept in a file that the first start makes."""
    kept = read_env_file(settings.secrets_file)
    given = {"RASA_TOKEN": settings.rasa_token, "REDIS_PASSWORD": settings.redis_password}
    made = {name: secrets.token_urlsafe(32) for name in given if name not in kept}
    if made:
        kept |= made
        lines = "".join(f"{name}={value}\n" for name, value in kept.items())
        note = "# Made at the first start; an environment variable of the same name counts more.\n"
        write_private(settings.secrets_file, note + lines)
    return kept | {name: value for name, value in given.items() if value}


def compose(settings: SystemSettings, secret: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """All variables that the processes get on top of `given` (the caller's environment, which counts more)."""
    loopback = "http://127.0.0.1"
    models = f"{loopback}:{settings.models_port}"
    redis_url = settings.own_redis or embedded_redis(settings, secret["REDIS_PASSWORD"])
    addresses = {
        "RASA_URL": " ".join(f"{loopback}:{port}" for port in settings.rasa_ports),
        "ACTIONS_URL": f"{loopback}:{settings.actions_port}/webhook",
        "GENERATOR_URL": f"{models}/v1",
        "EMBEDDINGS_URL": f"{models}/v1",
        "RERANK_URL": models,
        "CLASSIFY_URL": models,
    }
    fixed = {
        "CARELINE_STATE": str(settings.state),
        "CARELINE_HOST": settings.careline_host,
        "CARELINE_PORT": str(settings.careline_port),
        "CHAT_PROCESSES": str(settings.chat_processes),
        "RASA_PORT": str(settings.rasa_port),
        "RASA_PROCESSES": str(settings.rasa_processes),
        "ACTIONS_PORT": str(settings.actions_port),
        "MODELS_PORT": str(settings.models_port),
        "RASA_TOKEN": secret["RASA_TOKEN"],
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        INSTANCE: str(settings.state),
        "REDIS_URL": redis_url,
        "REDIS_PORT": str(settings.redis_port),
        "CARELINE_REDIS_EMBEDDED": str(settings.own_redis is None).lower(),
    }
    chosen = {"RECORD_URL": given["RECORD_URL"]} if given.get("RECORD_URL") else {}
    return {name: given.get(name, value) for name, value in addresses.items()} | chosen | fixed


def embedded_redis(settings: SystemSettings, password: str) -> str:
    """The address of the Redis that `careline up` starts."""
    return f"redis://:{quote(password, safe='')}@127.0.0.1:{settings.redis_port}/0"


def adopt_running(state: Path) -> None:
    """Let this command talk to the Careline started last on this state; what is set already stays."""
    for name, value in read_env_file(state / "run" / "environment.env").items():
        if name != INSTANCE:
            os.environ.setdefault(name, value)
