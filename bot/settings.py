"""Every setting of the chat server, read once from the environment. `docs/settings.md` lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the chat server. Each is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    careline_host: str = Field("127.0.0.1", description="Address that the chat server listens on.")
    careline_port: int = Field(8080, description="Port of the chat server.")
    careline_health_socket: Path | None = Field(
        None, description="Unix socket on which this one process answers too; set by `careline up`."
    )
    careline_region: str | None = Field(
        None,
        description="Whose emergency numbers are shown: GB, US, CN, HK, EU, IN. Unset, they follow the "
        "patient's language (en: GB, zh: CN). Set it before a patient uses Careline.",
    )
    careline_message_limit: int = Field(4000, ge=200, description="Longest message, in characters.")
    careline_messages_per_minute: int = Field(40, description="Messages one conversation may send a minute.")
    careline_allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Sites that may embed the widget, separated by spaces; empty: any site."
    )
    careline_public_url: str | None = Field(
        None,
        description="Address that browsers use, where a proxy stands in front (https://chat.example.org).",
    )
    desk_session_hours: float = Field(12.0, gt=0, description="Hours until a nurse has to log in again.")
    redis_url: str = Field("redis://127.0.0.1:6390/0", description="Address of Redis.")
    rasa_url: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://127.0.0.1:5005",),
        description="Address of the dialogue manager; several, separated by spaces, share the conversations.",
    )
    rasa_token: str = Field("", description="Token that the dialogue manager asks for.")
    rasa_timeout: float = Field(20.0, gt=0, description="Seconds until a turn of the dialogue counts as failed.")
    rasa_patience: float = Field(
        15.0,
        ge=0,
        description="Seconds to try again while the dialogue manager is away, before a nurse is called.",
    )
    turn_lease: float = Field(
        5.0, gt=0, description="Seconds after which the turns of a chat server that died are taken over."
    )
    session_turns: int = Field(40, ge=1, description="Turns after which the dialogue manager starts a new session.")

    @field_validator("careline_allowed_origins", "rasa_url", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value
