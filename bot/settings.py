"""Every setting of the chat server, read once from the environment. `docs/settings.md` lists them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

WORDS_FILE = Path(__file__).resolve().parents[1] / "data" / "triage" / "words_reader.npz"
HOURS_FILE = Path(__file__).resolve().parents[1] / "data" / "hospital" / "hours.yml"


class Settings(BaseSettings):
    """Settings of the chat server. Each is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

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
    careline_hours: Path = Field(
        HOURS_FILE, description="Data file of the desk's teams, opening hours, holidays and on-call names."
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
    words_reader: Path | None = Field(
        WORDS_FILE, description="Weights of the reader by words, which runs in the chat server."
    )
    classify_url: str = Field(
        "http://127.0.0.1:8090", description="Server of the second reader (`/classify`); empty: there is none."
    )
    classify_model: str = Field("careline-reader", description="Name of the second reader that is asked for.")
    classify_api_key: str = Field("", description="Key that the second reader's server asks for.")
    reader_url: str = Field(
        "", description="An OpenAI-compatible server whose model reads each message as well; empty: there is none."
    )
    reader_model: str = Field("", description="Name of that model.")
    reader_api_key: str = Field("", description="Key that its server asks for.")
    readers_limit: float = Field(8.0, gt=0, description="Seconds that a reader may take; what it says by then counts.")
    readers_patience: float = Field(
        0.5, ge=0, description="Seconds that a turn waits for those over the wire before it goes on without them."
    )
    turn_lease: float = Field(
        5.0, gt=0, description="Seconds after which the turns of a chat server that died are taken over."
    )
    session_turns: int = Field(20, ge=1, description="Turns after which the dialogue manager starts a new session.")
    desk_lease: float = Field(
        30.0, ge=2, description="Seconds after which a nurse's conversations wait again when their browser is gone."
    )
    queue_limit_emergency: float = Field(60, gt=0, description="Seconds an emergency may wait until the first alert.")
    queue_limit_urgent: float = Field(600, gt=0, description="Seconds an urgent case may wait until the first alert.")
    queue_limit_routine: float = Field(3600, gt=0, description="Seconds anything else may wait until the first alert.")
    queue_second_alert: float = Field(1.5, ge=1, description="The second alert comes after this many times the limit.")
    queue_on_call: float = Field(
        2.0, ge=1, description="The on-call contact is called after this many times the limit."
    )
    notify_webhook_url: str | None = Field(None, description="Address that every alert is posted to, as JSON.")
    notify_webhook_secret: str = Field("", description="Secret that webhooks are signed with; empty: not signed.")
    notify_email_to: str | None = Field(None, description="Mail address that gets every alert.")
    notify_lang: Literal["en", "zh"] = Field("en", description="Language of mails to staff: en or zh.")
    on_call_contacts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="How the on-call names of the hours file are reached: `name=address`, separated by spaces; an "
        "address is a mail address or a URL.",
    )
    smtp_host: str | None = Field(None, description="Mail server.")
    smtp_port: int = Field(587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls`, `tls`, or `none` for a relay on this machine."
    )
    smtp_user: str | None = Field(None, description="User at the mail server.")
    smtp_password: str | None = Field(None, description="Password at the mail server.")
    smtp_from: str = Field("careline@localhost", description="Sender of the mails.")

    summary_url: str | None = Field(
        None, description="An OpenAI-compatible server that may write the note in prose; it gets the patient's words."
    )
    summary_model: str = Field("default", description="Name of its model.")
    summary_api_key: str = Field("", description="Key that it asks for.")
    summary_limit: float = Field(8.0, gt=0, description="Seconds until a summary is done without.")

    @property
    def on_call(self) -> dict[str, tuple[str, ...]]:
        """Addresses by the on-call contact's name."""
        pairs = [entry.split("=", 1) for entry in self.on_call_contacts]
        return {name: tuple(address for other, address in pairs if other == name) for name, _ in pairs}

    @model_validator(mode="after")
    def _mail_needs_a_server(self) -> Settings:
        by_mail = any("://" not in address for addresses in self.on_call.values() for address in addresses)
        if (self.notify_email_to or by_mail) and not self.smtp_host:
            raise ValueError("SMTP_HOST is not set, but a mail address is set to be notified")
        return self

    @field_validator("on_call_contacts")
    @classmethod
    def _check_contacts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not re.fullmatch(r"[^=\s]+=(https?://\S+|[^@\s]+@[^@\s]+)", entry) for entry in value):
            raise ValueError("each must be name=address, where the address is a mail address or a URL")
        return value

    @field_validator("careline_allowed_origins", "rasa_url", "on_call_contacts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value
