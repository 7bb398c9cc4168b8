"""A slip in a content file is one sentence with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.system import content


def test_our_own_content_can_be_read() -> None:
    assert [*content.problems(), *content.meaning()] == []


def test_a_broken_yaml_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("intents:\n  - greet\n")
    nlu = tmp_path / "data" / "nlu"
    nlu.mkdir(parents=True)
    (nlu / "greet.yml").write_text("nlu:\n  - intent: greet\n    examples: [unfinished\n  - next: x\n")
    (said,) = content.problems(tmp_path)
    assert said.startswith("data/nlu/greet.yml:4: this is not valid YAML")


def test_a_broken_head_of_a_knowledge_page_is_named_with_its_line(tmp_path: Path) -> None:
    page = tmp_path / "data" / "knowledge" / "fever.en.md"
    page.parent.mkdir(parents=True)
    page.write_text("---\ntitle: Fever\nsources: {broken\n---\n# Fever: with a colon, which is fine here\n")
    (said,) = content.problems(tmp_path)
    assert said.startswith("data/knowledge/fever.en.md:")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_bytes("版本".encode("gb18030"))
    (said,) = content.problems(tmp_path)
    assert said.startswith("domain.yml:1: the file cannot be read as UTF-8")


def test_a_mistake_in_the_hours_of_the_desk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = tmp_path / "hours.yml"
    hours.write_text("time_zone: Europe/London\nteams: []\n")
    monkeypatch.setenv("CARELINE_HOURS", str(hours))
    (said,) = content.meaning()
    assert said.endswith("hours.yml:2: there must be at least one team.")


def test_a_setting_of_the_desk_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_EMAIL_TO", "desk@example.org")
    (said,) = content.meaning()
    assert "SMTP_HOST" in said
    assert "desk@example.org" not in said
