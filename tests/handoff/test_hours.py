"""When a team is at the desk, and how that is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.handoff.hours import Hours, load_hours, when_words
from bot.triage import DataError
from tests.handoff.conftest import HOURS


@pytest.fixture
def hours(hours_file: Path) -> Hours:
    return load_hours(hours_file)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "day", "night"),
    [
        ("2026-11-25 12:00", True, False),
        ("2026-11-25 07:59", False, True),
        ("2026-11-25 08:00", True, False),
        ("2026-11-25 20:00", False, True),
        ("2026-11-26 00:30", False, True),
        ("2026-07-01 07:00", True, False),  # 08:00 in summer time
        ("2026-11-27 12:00", False, False),  # a holiday, which the night team does not keep
        ("2026-11-27 21:00", False, True),
        ("2026-11-28 11:00", True, False),
        ("2026-11-28 13:00", False, False),
    ],
)
def test_who_is_on_duty(hours: Hours, at: str, day: bool, night: bool) -> None:
    assert (hours.team("nurses").is_open(ms(at)), hours.team("night").is_open(ms(at))) == (day, night)


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        ("2026-11-25 05:00", "today at 08:00", "今天 08:00 "),
        ("2026-11-25 21:00", "tomorrow at 08:00", "明天 08:00 "),
        ("2026-11-26 21:00", "on Saturday at 10:00", "周六 10:00 "),
    ],
)
def test_when_the_desk_opens_next(hours: Hours, now: str, english: str, chinese: str) -> None:
    opens = hours.team("nurses").opens(ms(now))
    assert opens
    assert (when_words(opens, ms(now), "en"), when_words(opens, ms(now), "zh")) == (english, chinese)


def test_a_far_day_is_said_by_its_date(hours: Hours) -> None:
    opens = hours.team("nurses").opens(ms("2026-11-25 21:00"))
    assert opens
    assert when_words(opens, ms("2026-11-10 21:00"), "en") == "on 26 November at 08:00"
    assert when_words(opens, ms("2026-11-10 21:00"), "zh") == "11月26日 08:00 "


def test_an_unknown_team_is_the_first(hours: Hours) -> None:
    assert hours.team("gone").id == hours.team(None).id == "nurses"


def test_a_desk_that_never_opens_says_no_day(tmp_path: Path) -> None:
    path = tmp_path / "hours.yml"
    path.write_text("time_zone: UTC\nteams:\n  - {id: a, name: {en: A, zh: A}, hours: {}, on_call: x}\n")
    assert load_hours(path).team(None).opens(ms("2026-11-25 21:00")) is None


def test_the_file_that_comes_with_careline_is_well_formed() -> None:
    hours = load_hours(Path(__file__).parents[2] / "data/hospital/hours.yml")
    assert hours.team(None).is_open(ms("2026-12-25 03:00"))
    assert not hours.team("pharmacists").is_open(ms("2026-12-25 12:00"))


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("Europe/Londom", "Europe/London", 2, "time zone"),
        ('"8-20"', '"08:00-20:00"', 4, "08:00-20:00"),
        ('"08:00-25:00"', '"08:00-20:00"', 4, "24:00|08:00-20:00"),
        ("every_dya", "every_day", 4, "every_day"),
        ("id: night,", "id: Night Shift,", 5, "'id'"),
        ("2026-11-27", "27 November", 7, "2026-12-25"),
        ("id: nurses", "id: night", 5, "two teams"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, says: str) -> None:
    swapped = (right, wrong) if right in HOURS else (wrong, right)
    path = tmp_path / "hours.yml"
    path.write_text(HOURS.replace(*swapped, 1), "utf-8")
    with pytest.raises(DataError, match=says) as raised:
        load_hours(path)
    assert raised.value.line == line
