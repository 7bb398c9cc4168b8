"""Settings of the record, read once from the environment. `docs/settings.md` lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
EIGHT_YEARS = 2920

Days = Annotated[int, Field(ge=1)]


class RecordSettings(BaseSettings):
    """Settings of the record. Each is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    careline_state: Path = Field(ROOT / ".careline", description="Folder of the record's file, in its `record/`.")
    redis_url: str = Field("redis://127.0.0.1:6390/0", description="Address of Redis.")
    record_url: str | None = Field(
        None, description="A PostgreSQL database (postgresql://user:password@host/name); unset, an SQLite file is used."
    )
    record_live_days: Days = Field(
        30, description="Days that a resting conversation stays in Redis, once it is in the record."
    )
    record_messages_days: Days = Field(EIGHT_YEARS, description="Days that messages and hand-over notes are kept.")
    record_verdicts_days: Days = Field(EIGHT_YEARS, description="Days that verdicts of the screen are kept.")
    record_outcomes_days: Days = Field(
        EIGHT_YEARS, description="Days that what holds no text is kept: outcomes, waiting times, owners."
    )
    record_audit_days: Days = Field(EIGHT_YEARS, description="Days that lines of the audit are kept.")

    @field_validator("record_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("the address of a PostgreSQL database begins with postgresql://")
        return value

    @model_validator(mode="after")
    def _live_is_shortest(self) -> Self:
        """What the record has forgotten must not come back from the live store."""
        if self.record_live_days > min(
            self.record_messages_days, self.record_verdicts_days, self.record_outcomes_days, self.record_audit_days
        ):
            raise ValueError("RECORD_LIVE_DAYS must not be longer than the other days of the record")
        return self

    @property
    def file(self) -> Path:
        """The SQLite file, where no RECORD_URL is set."""
        return (ROOT / self.careline_state).absolute() / "record" / "record.db"
