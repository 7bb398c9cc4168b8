"""Which language a patient asks for."""

from __future__ import annotations

import pytest

from bot.nlu.language import wanted


@pytest.mark.parametrize(
    ("text", "current", "language"),
    [
        ("Chinese please", "en", "zh"),
        ("can you write in Mandarin", "en", "zh"),
        ("do you speak English?", "en", "en"),
        ("switch from Chinese to English", "zh", "en"),
        ("I don't speak English well, Chinese please", "en", "zh"),
        ("I don't understand Chinese", "zh", "en"),
        ("change the language", "en", "zh"),
        ("请说中文", "en", "zh"),
        ("我看不懂英文", "en", "zh"),
        ("从英文换成中文", "en", "zh"),
        ("英文看不懂，说中文吧", "en", "zh"),
        ("切换英文", "zh", "en"),
        ("换语言", "zh", "en"),
        ("轉成國語", "en", "zh"),
    ],
)
def test_wanted(text: str, current: str, language: str) -> None:
    assert wanted(text, current) == language  # type: ignore[arg-type]
