"""What Careline itself tells a patient, outside the dialogue. The words are in data/notices.yml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from bot.conversation.entry import Entry
from bot.triage import region_contacts

NOTICES_FILE = Path(__file__).resolve().parents[2] / "data" / "notices.yml"


def notice(code: str, lang: str, region: str | None, *, nurse: str = "") -> Entry:
    """A notice as a log entry. KeyError for a code that data/notices.yml does not have."""
    return Entry(
        sender="system",
        kind="notice",
        notice=code,
        lang=lang,
        text=notice_text(code, lang, region, nurse=nurse),
    )


def notice_text(code: str, lang: str, region: str | None, *, nurse: str = "") -> str:
    """The words of a notice, with the region's emergency number filled in."""
    number = region_contacts(region, lang)[0].number
    return load_notices()[code][lang].format(number=number, nurse=nurse)


@cache
def load_notices() -> dict[str, dict[str, str]]:
    """All notices by code and language. ValueError that names what is missing."""
    notices = yaml.safe_load(NOTICES_FILE.read_text(encoding="utf-8"))
    for code, words in notices.items():
        for lang in ("en", "zh"):
            if not isinstance(words, dict) or not isinstance(words.get(lang), str):
                raise ValueError(f"{NOTICES_FILE.name}: notice '{code}' has no text in '{lang}'")
    return dict(notices)
