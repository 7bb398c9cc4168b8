"""What Careline tells a patient: in both languages, with nothing in it that is not filled in."""

from __future__ import annotations

from string import Formatter

import pytest

from bot.conversation.notices import load_notices, notice_text

FACTS = {"nurse": "Ada", "to": "the pharmacists", "when": "tomorrow", "opens": "It opens tomorrow. ", "duty": ""}


@pytest.mark.parametrize("code", sorted(load_notices()))
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("region", ["GB", "US", "CN", "HK", "EU", "IN", None, "XX"])
def test_every_notice_is_filled_in(code: str, lang: str, region: str | None) -> None:
    text = notice_text(code, lang, region, **FACTS)
    assert "{" not in text
    assert "}" not in text


@pytest.mark.parametrize("code", sorted(load_notices()))
def test_both_languages_say_the_same_facts(code: str) -> None:
    said = {
        lang: {name for _, name, _, _ in Formatter().parse(load_notices()[code][lang]) if name} for lang in ("en", "zh")
    }
    assert said["en"] == said["zh"]
