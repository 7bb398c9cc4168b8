"""How long and how hard: read from the environment."""

from __future__ import annotations

import secrets

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Plan(BaseSettings):
    """Settings of `make faults`; each is an environment variable with FAULTS_ before its name."""

    model_config = SettingsConfigDict(env_prefix="FAULTS_", frozen=True)

    seconds: float = Field(600.0, gt=0, description="How long processes are killed, frozen, stopped and restarted.")
    patients: int = Field(50, ge=1, description="Conversations at any moment; who leaves is followed by another.")
    nurses: int = Field(3, ge=1, description="Desks that are open.")
    pause: float = Field(6.0, gt=0, description="Mean seconds between two messages of one patient.")
    between: float = Field(5.0, gt=0, description="Mean seconds between two faults.")
    settle: float = Field(120.0, gt=0, description="Seconds that everything gets to come to rest at the end.")
    seed: int = Field(default_factory=lambda: secrets.randbelow(2**31), description="Repeats the same choices.")
