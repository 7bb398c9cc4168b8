"""docs/settings.md says every setting, with the default that the code has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

import actions.settings
import bot.record.settings
import bot.settings
import bot.system.settings
import models.settings

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = {
    "Start (`careline up`)": bot.system.settings.SystemSettings,
    "Chat server and desk": bot.settings.Settings,
    "Action server (answers)": actions.settings.Settings,
    "Record": bot.record.settings.RecordSettings,
    "Model server": models.settings.Settings,
}


def documented(section: str) -> dict[str, str]:
    page = (ROOT / "docs" / "settings.md").read_text()
    text = page.split(f"## {section}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \| \S", text, flags=re.MULTILINE))


def variable(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or name).upper()


def shown(value: Any) -> str:
    if isinstance(value, Path):
        value = value.relative_to(ROOT) if value.is_absolute() else value
    if isinstance(value, tuple):
        value = " ".join(value)
    if value in (None, ""):
        return "unset"
    return f"`{int(value) if isinstance(value, bool) else value}`"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_stands_there_with_its_default(section: str) -> None:
    fields = SECTIONS[section].model_fields
    assert documented(section) == {variable(name, field): shown(field.default) for name, field in fields.items()}
