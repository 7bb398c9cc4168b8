"""When which team is at the desk: `data/hospital/hours.yml`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.triage.source import Table, read

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_LOOK_AHEAD = 366
_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")

Span = tuple[timedelta, timedelta]
"""From and to, counted from midnight; what ends at or before it begins, ends on the next day."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who a conversation can wait for. `special`: the spans of days that differ from the week."""

    id: str
    name: Mapping[str, str]
    zone: ZoneInfo
    week: Mapping[str, tuple[Span, ...]]
    special: Mapping[date, tuple[Span, ...]]
    on_call: str

    def is_open(self, now: int) -> bool:
        """Whether the team is on duty at a time in milliseconds since 1970."""
        at = datetime.fromtimestamp(now / 1000, UTC)
        today = at.astimezone(self.zone).date()
        return any(start <= at < end for start, end in self._spans(today - timedelta(days=1), 2))

    def opens(self, now: int) -> datetime | None:
        """When the team is on duty next, in its own time zone; None when that is over a year away."""
        at = datetime.fromtimestamp(now / 1000, UTC)
        starts = (start for start, _end in self._spans(at.astimezone(self.zone).date(), _LOOK_AHEAD) if start > at)
        first = min(starts, default=None)
        return first.astimezone(self.zone) if first else None

    def _spans(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        for offset in range(days):
            day = first + timedelta(days=offset)
            for start, end in self.special.get(day, self.week[DAYS[day.weekday()]]):
                yield self._at(day, start), self._at(day, end)

    def _at(self, day: date, since_midnight: timedelta) -> datetime:
        """By the clock on the wall, which a change to summer time moves."""
        midnight = datetime.combine(day, time(), self.zone)
        return (midnight + since_midnight).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """All teams; the first is where every patient waits at first."""

    teams: Mapping[str, Team]

    def team(self, team: str | None) -> Team:
        """The team of this id; the first one where there is none (any more)."""
        return self.teams.get(team or "") or next(iter(self.teams.values()))


def load_hours(path: Path) -> Hours:
    """Read the file. Raises bot.triage.DataError, which names the line."""
    file = read(path)
    file.allow("the file", {"time_zone", "teams"}, {"holidays"})
    zone = _zone(file)
    holidays = [_holiday(table) for table in file.tables("holidays")] if "holidays" in file else []
    teams: dict[str, Team] = {}
    for table in file.tables("teams"):
        team = _team(table, zone, dict(holidays))
        if team.id in teams:
            raise table.fail(f"there are two teams '{team.id}'.", "id")
        teams[team.id] = team
    if not teams:
        raise file.fail("there must be at least one team.", "teams")
    return Hours(teams)


def _team(table: Table, zone: ZoneInfo, holidays: Mapping[date, tuple[Span, ...]]) -> Team:
    table.allow("a team", {"id", "name", "hours", "on_call"}, {"time_zone", "holidays"})
    if not _ID.fullmatch(table.text("id")):
        raise table.fail("'id' must be a short word of a-z, 0-9 and dashes.", "id")
    if "holidays" in table and table.text("holidays") != "open":
        raise table.fail("'holidays' may only be 'open'; without it the team keeps the holidays below.", "holidays")
    return Team(
        id=table.text("id"),
        name=table.both("name"),
        zone=_zone(table) if "time_zone" in table else zone,
        week=_week(table.table("hours")),
        special={} if "holidays" in table else holidays,
        on_call=table.text("on_call"),
    )


def _zone(table: Table) -> ZoneInfo:
    name = table.text("time_zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise table.fail(f"there is no time zone '{name}'; write it like Europe/London.", "time_zone") from None


def _week(table: Table) -> dict[str, tuple[Span, ...]]:
    table.allow("'hours'", set(), {"every_day", *DAYS})
    every = _day(table, "every_day")
    return {day: _day(table, day) if day in table else every for day in DAYS}


def _holiday(table: Table) -> tuple[date, tuple[Span, ...]]:
    table.allow("a holiday", {"date", "name"}, {"hours"})
    table.both("name")
    try:
        day = date.fromisoformat(table.text("date"))
    except ValueError:
        raise table.fail("'date' must be a day like 2026-12-25.", "date") from None
    return day, _day(table, "hours")


def _day(table: Table, key: str) -> tuple[Span, ...]:
    spans = []
    for _line, text in table.strings(key):
        found = _SPAN.fullmatch(text.strip())
        if not found:
            raise table.fail(f"'{text}' must be a time from and to, like 08:00-20:00.", key)
        hour, minute, to_hour, to_minute = map(int, found.groups())
        start, end = timedelta(hours=hour, minutes=minute), timedelta(hours=to_hour, minutes=to_minute)
        if max(start, end) > timedelta(days=1) or start == timedelta(days=1):
            raise table.fail(f"'{text}' names a time after 24:00.", key)
        spans.append((start, end if end > start else end + timedelta(days=1)))
    return tuple(spans)


def when_words(at: datetime, now: int, lang: str) -> str:
    """A time to come, as one says it: today, tomorrow, on a weekday, on a date."""
    days = (at.date() - datetime.fromtimestamp(now / 1000, at.tzinfo).date()).days
    clock = at.strftime("%H:%M")
    if lang == "zh":
        day = {0: "今天", 1: "明天"}.get(days) or (_WEEK_ZH[at.weekday()] if days < 7 else f"{at.month}月{at.day}日")
        return f"{day} {clock} "
    day = {0: "today", 1: "tomorrow"}.get(days) or f"on {at:%A}" if days < 7 else f"on {at.day} {at:%B}"
    return f"{day} at {clock}"


_WEEK_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
