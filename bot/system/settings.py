"""Where the processes of one Careline listen and keep their state, read once from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]

Port = Annotated[int, Field(ge=1, le=65535)]


class SystemSettings(BaseSettings):
    """Settings of `careline up`; what a single process reads is documented with that process."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    careline_state: Path = Field(ROOT / ".careline", description="Folder of weights, models, logs, the store.")
    careline_host: str = Field("127.0.0.1", description="Address that the chat server listens on.")
    careline_port: Port = Field(8080, description="Port of the chat server.")
    chat_processes: int = Field(1, ge=1, le=64, description="Chat servers that share the port.")
    rasa_port: Port = Field(5005, description="Port of the dialogue manager, on loopback.")
    rasa_processes: int = Field(
        1, ge=1, le=64, description="Dialogue managers, on ports from RASA_PORT upward, that share the conversations."
    )
    actions_port: Port = Field(5055, description="Port of the action server, on loopback.")
    models_port: Port = Field(8090, description="Port of the model server, on loopback.")
    redis_port: Port = Field(6390, description="Port of the embedded Redis, on loopback.")
    redis_url: str | None = Field(None, description="A Redis of your own; unset, the embedded one is started.")
    careline_redis_embedded: bool = Field(False, description="Set by `careline up`: REDIS_URL is its own Redis.")
    generator_url: str | None = Field(None, description="An OpenAI-compatible server that writes the answers.")
    rasa_token: str | None = Field(None, description="Token of the dialogue manager; unset, one is made.")
    redis_password: str | None = Field(None, description="Password of the embedded Redis; unset, one is made.")
    careline_start_limit: float = Field(180.0, gt=0, description="Seconds until a start counts as failed.")

    @model_validator(mode="after")
    def _can_be_shared(self) -> SystemSettings:
        if self.chat_processes > 1 and ":" in self.careline_host:
            raise ValueError("with CHAT_PROCESSES above 1, CARELINE_HOST must be an IPv4 address")
        return self

    @property
    def rasa_ports(self) -> range:
        """The ports of all dialogue managers."""
        return range(self.rasa_port, self.rasa_port + self.rasa_processes)

    @property
    def state(self) -> Path:
        """The state folder as an absolute path (supervisord and its programs run elsewhere)."""
        return (ROOT / self.careline_state).absolute()

    @property
    def own_redis(self) -> str | None:
        """The Redis that the operator runs; None where Careline starts the embedded one."""
        return None if self.careline_redis_embedded else self.redis_url

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """What only lives while Careline runs: control socket, process ids, addresses."""
        return self.state / "run"

    @property
    def secrets_file(self) -> Path:
        return self.state / "secrets.env"

    @property
    def first_login_file(self) -> Path:
        return self.state / "first-login.txt"

    @property
    def environment_file(self) -> Path:
        """Addresses and secrets of the Careline that was started last on this state."""
        return self.run / "environment.env"

    @property
    def page(self) -> str:
        """The address that a browser on this machine uses."""
        host = "127.0.0.1" if self.careline_host in ("0.0.0.0", "::", "") else self.careline_host  # noqa: S104
        return f"http://{host}:{self.careline_port}"


def without_password(url: str) -> str:
    """An address that may be shown: user and password left out."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], query="").geturl()
