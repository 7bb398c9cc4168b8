"""The Compose file: what is published, what restarts, what is asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bot.system.settings import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_only_the_chat_server_is_published() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["chat"]
    assert SERVICES["chat"]["ports"] == ["${CARELINE_PUBLISH:-127.0.0.1:8080}:8080"]
    assert all("network_mode" not in service for service in SERVICES.values())


def test_the_inner_network_has_no_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("rasa", "models", "redis", "record", "postgres"):
        assert SERVICES[name]["networks"] == ["inside"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_and_comes_back(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("secret", ["RASA_TOKEN", "REDIS_PASSWORD", "RECORD_PASSWORD"])
def test_secrets_come_from_the_environment_and_have_no_default(secret: str) -> None:
    uses = re.findall(rf"\$\{{{secret}(.*?)\}}", (ROOT / "docker-compose.yml").read_text())
    assert uses
    assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", ["app", "rasa"])
def test_images_are_built_in_stages_and_do_not_run_as_root(name: str) -> None:
    lines = (ROOT / f"deploy/Dockerfile.{name}").read_text().splitlines()
    assert len([line for line in lines if line.startswith("FROM ")]) >= 3
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]


def test_all_that_needs_redis_gets_its_address() -> None:
    for name in ("chat", "rasa", "actions", "record"):
        assert SERVICES[name]["environment"]["REDIS_URL"].endswith("@redis:6379/0")
