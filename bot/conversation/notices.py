"""What Careline itself tells a patient, outside the dialogue. The words are in data/notices.yml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from bot.conversation.entry import Entry
from bot.triage import region_contacts, region_words

NOTICES_FILE = Path(__file__).resolve().parents[2] / "data" / "notices.yml"


def notice(code: str, lang: str, region: str | None, **facts: str) -> Entry:
    """A notice as a log entry. KeyError for a code that data/notices.yml does not have."""
    return Entry(sender="system", kind="notice", notice=code, lang=lang, text=notice_text(code, lang, region, **facts))


def notice_text(code: str, lang: str, region: str | None, **facts: str) -> str:
    """The words of a notice, with the region's numbers and these facts (nurse, to, ...) filled in."""
    words = load_notices()[code][lang]
    if "{advice_line}" in words:  # only then: an emergency's notice must not depend on more than a number
        facts["advice_line"] = region_words(region, lang)["urgent"]
    return words.format(number=region_contacts(region, lang)[0].number, **facts)


@cache
def load_notices() -> dict[str, dict[str, str]]:
    """All notices by code and language. ValueError that names what is missing."""
    notices = yaml.safe_load(NOTICES_FILE.read_text(encoding="utf-8"))
    for code, words in notices.items():
        for lang in ("en", "zh"):
            if not isinstance(words, dict) or not isinstance(words.get(lang), str):
                raise ValueError(f"{NOTICES_FILE.name}: notice '{code}' has no text in '{lang}'")
    return dict(notices)
