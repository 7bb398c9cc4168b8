"""Conversations on a real Redis, and a clock that only moves when a test moves it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.conversation import ownership
from bot.conversation.store import Change, Conversations
from bot.handoff.hours import load_hours
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from tests.conversation.conftest import conversation, conversations  # noqa: F401  (fixtures)

# Wednesday, 2026-11-25, 12:00 in London
NOON = 1_795_608_000_000
HOURS = """
time_zone: Europe/London
teams:
  - {id: nurses, name: {en: the nurses, zh: 护士}, hours: {every_day: ["08:00-20:00"]}, on_call: duty-nurse}
  - {id: night, name: {en: at night, zh: 夜班}, hours: {every_day: ["20:00-08:00"]}, holidays: open, on_call: x}
holidays:
  - {date: 2026-11-27, name: {en: A holiday, zh: 假日}}
  - {date: 2026-11-28, name: {en: Another, zh: 另一个}, hours: ["10:00-12:00"]}
"""


@dataclass
class Simulated:
    """A clock; milliseconds since 1970."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


@pytest.fixture
def clock() -> Simulated:
    return Simulated()


@pytest.fixture
def hours_file(tmp_path: Path) -> Path:
    path = tmp_path / "hours.yml"
    path.write_text(HOURS, "utf-8")
    return path


@pytest.fixture
def rules(clock: Simulated, hours_file: Path) -> HandoffRules:
    return HandoffRules("GB", load_hours(hours_file), clock=clock, reachable=frozenset({"duty-nurse"}))


@pytest.fixture
def presence(conversations: Conversations, rules: HandoffRules) -> Presence:  # noqa: F811
    return Presence(conversations.redis, rules.lease, rules.clock)


async def wait_in_queue(conversations: Conversations, rules: HandoffRules, acuity: str) -> str:  # noqa: F811
    """A conversation that begins to wait now."""
    conversation, _ = await conversations.create("web", "en")  # noqa: F811
    await conversations.change(
        conversation,
        lambda state: Change(
            state=ownership.request_nurse(state, reason="asked", acuity=acuity, now=rules.clock()), alert=acuity
        ),
    )
    return conversation


async def claimed_by(conversations: Conversations, rules: HandoffRules, nurse: str, acuity: str = "routine") -> str:  # noqa: F811
    """A conversation that a nurse has claimed."""
    conversation = await wait_in_queue(conversations, rules, acuity)  # noqa: F811
    await conversations.change(
        conversation,
        lambda state: Change(state=ownership.claim(state, nurse=nurse, nurse_name=nurse.title(), now=rules.clock())),
    )
    return conversation
