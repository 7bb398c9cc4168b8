"""Secrets: made once, kept for their owner alone, and the environment counts more."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.system.environment import INSTANCE, adopt_running, compose, ensure_secrets, write_private
from bot.system.programs import programs
from bot.system.settings import SystemSettings
from bot.system.supervision import configuration


def settings(state: Path, **given: object) -> SystemSettings:
    return SystemSettings(careline_state=state, **given)  # type: ignore[arg-type]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = ensure_secrets(settings(tmp_path))
    assert min(map(len, first.values())) >= 40
    assert ensure_secrets(settings(tmp_path)) == first
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert ensure_secrets(settings(tmp_path / "other")) != first


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    made = ensure_secrets(settings(tmp_path))
    given = ensure_secrets(settings(tmp_path, rasa_token="from the environment"))
    assert given == {**made, "RASA_TOKEN": "from the environment"}


def test_no_secret_stands_in_the_process_managers_configuration(tmp_path: Path) -> None:
    here = settings(tmp_path)
    secret = ensure_secrets(here)
    env = compose(here, secret, {})
    text = configuration(here, programs(here, env, Path("/bin/redis-server")))
    assert "program:redis" in text
    assert not any(value in text for value in secret.values())


def test_an_address_of_ones_own_counts_more(tmp_path: Path) -> None:
    here = settings(tmp_path, redis_url="redis://store:6379/1", models_port=9999)
    env = compose(here, ensure_secrets(here), {"GENERATOR_URL": "https://other/v1"})
    assert env["GENERATOR_URL"] == "https://other/v1"
    assert env["EMBEDDINGS_URL"] == "http://127.0.0.1:9999/v1"
    assert env["REDIS_URL"] == "redis://store:6379/1"
    assert "redis" not in [program.name for program in programs(here, env, Path("/bin/redis-server"))]


def test_commands_talk_to_the_system_that_was_started_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "run/environment.env", f"CARELINE_PORT=18999\nRASA_PORT=1\n{INSTANCE}=x\n")
    monkeypatch.delenv("CARELINE_PORT", raising=False)
    monkeypatch.setenv("RASA_PORT", "2")
    adopt_running(tmp_path)
    import os

    assert os.environ.pop("CARELINE_PORT") == "18999"
    assert os.environ["RASA_PORT"] == "2"
    assert INSTANCE not in os.environ
