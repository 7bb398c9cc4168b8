"""Numbers by region and language."""

from __future__ import annotations

import pytest

from bot.triage import detect_language, region_contacts, screen


@pytest.mark.parametrize(
    ("region", "lang", "number"),
    [
        (None, "en", "999"),
        (None, "zh", "120"),
        ("GB", "zh", "999"),
        ("us", "en", "911"),
        ("CN", "en", "120"),
        ("HK", "zh", "999"),
        ("EU", "en", "112"),
        ("IN", "en", "112"),
        ("ZZ", "en", "112"),
    ],
)
def test_the_emergency_number_comes_first(region: str | None, lang: str, number: str) -> None:
    assert region_contacts(region, lang)[0].number == number


def test_a_crisis_shows_the_crisis_line() -> None:
    assert "988" in {one.number for one in screen("I want to kill myself", region="US").contacts}
    assert "12356" in {one.number for one in screen("不想活了").contacts}


@pytest.mark.parametrize(("text", "lang"), [("hello", "en"), ("你好", "zh"), ("我 chest pain", "en"), ("", "en")])
def test_language(text: str, lang: str) -> None:
    assert detect_language(text) == lang
