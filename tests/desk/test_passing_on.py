"""A conversation is passed on, put off, lost and found: nobody is forgotten, and the patient knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.server import build_app
from bot.settings import Settings
from tests.channels.conftest import Connect, Frame, Patient
from tests.desk.conftest import LogIn, NurseDesk
from tests.desk.test_desk import CHEST_PAIN, want_human


async def error(desk: NurseDesk) -> Frame:
    return await desk.until(lambda frame: frame["type"] == "error")


async def test_to_a_nurse_it_waits_in_its_place_and_the_patient_is_told(
    connect_patient: Connect, ada: NurseDesk, log_in: LogIn
) -> None:
    first, second = await connect_patient(), await connect_patient()
    await want_human(first)
    await want_human(second)
    bob = await log_in("bob")
    staff = await ada.until(lambda frame: frame["type"] == "staff" and frame["nurses"])
    assert staff["nurses"] == [{"name": "bob", "display_name": "Nurse Bob"}]
    await ada.act("claim", first.conversation)
    await ada.act("transfer", first.conversation, nurse="bob")
    told = await first.until_entry(notice="transferred")
    assert "Nurse Ada" in told["text"]
    assert "Nurse Bob" in told["text"]
    items = await bob.queue(conversation=first.conversation, owner="queue", for_me=True)
    assert [item["conversation"] for item in items] == [first.conversation, second.conversation]
    assert (items[0]["wanted"], items[0]["reason"]) == ("Nurse Bob", "transfer")
    alert = await bob.until(lambda frame: frame["type"] == "alert" and frame["why"] == "transfer")
    assert alert["conversation"] == first.conversation
    await bob.act("claim", first.conversation)
    await bob.queue(conversation=first.conversation, mine=True)


async def test_to_a_nurse_who_is_not_there_is_refused(patient: Patient, ada: NurseDesk) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    for nurse in ("bob", "nobody", "ada"):
        await ada.act("transfer", patient.conversation, nurse=nurse)
        assert (await error(ada))["code"] == "not_allowed"
    await ada.act("transfer", patient.conversation, team="no such team")
    assert (await error(ada))["code"] == "bad_frame"
    await ada.queue(conversation=patient.conversation, owner="nurse")


async def test_only_its_nurse_may_pass_it_on(patient: Patient, ada: NurseDesk, log_in: LogIn) -> None:
    bob = await log_in("bob")
    await want_human(patient)
    await bob.act("claim", patient.conversation)
    await bob.queue(conversation=patient.conversation, mine=True)
    await ada.act("transfer", patient.conversation, team="nurses")
    assert "Nurse Bob" in (await error(ada))["message"]


async def test_to_a_team_any_nurse_may_still_take_it(patient: Patient, ada: NurseDesk) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await ada.act("transfer", patient.conversation, team="nurses")
    assert "the nurses" in (await patient.until_entry(notice="transferred"))["text"]
    items = await ada.queue(conversation=patient.conversation, owner="queue")
    assert items[0]["team"] == {"id": "nurses", "name": {"en": "the nurses", "zh": "护士"}}
    await ada.act("claim", patient.conversation)
    await ada.queue(conversation=patient.conversation, mine=True)


async def test_what_cannot_wait_is_not_passed_to_a_team_that_is_off_duty(
    patient: Patient, ada: NurseDesk, settings: Settings
) -> None:
    await patient.say(CHEST_PAIN)
    await ada.queue(conversation=patient.conversation)
    await ada.act("claim", patient.conversation)
    await ada.act("transfer", patient.conversation, team="never")
    assert "not on duty" in (await error(ada))["message"]


@pytest.fixture
def settings(settings: Settings, tmp_path: Any) -> Settings:
    """With a team that is never on duty, and leases short enough to be waited for."""
    hours = tmp_path / "hours.yml"
    hours.write_text(
        "time_zone: UTC\nteams:\n"
        '  - {id: nurses, name: {en: the nurses, zh: 护士}, hours: {every_day: ["00:00-24:00"]}, on_call: duty}\n'
        "  - {id: never, name: {en: nobody, zh: 无人}, hours: {}, on_call: duty}\n"
    )
    return settings.model_copy(update={"careline_hours": hours, "desk_lease": 3.0})


async def test_a_routine_case_is_snoozed_an_emergency_never(connect_patient: Connect, ada: NurseDesk) -> None:
    calm, sick = await connect_patient(), await connect_patient()
    await want_human(calm)
    await sick.say(CHEST_PAIN)
    await ada.queue(conversation=sick.conversation)
    await ada.act("snooze", calm.conversation, minutes=20)
    items = await ada.queue(conversation=calm.conversation)
    while not items[-1]["snoozed_until"]:
        items = await ada.queue(conversation=calm.conversation)
    await ada.act("snooze", sick.conversation, minutes=1)
    assert "emergency" in (await error(ada))["message"]
    await ada.act("snooze", calm.conversation, minutes=61)
    assert "60 minutes" in (await error(ada))["message"]


@pytest.fixture
async def other_server(settings: Settings) -> AsyncIterator[TestClient[Any, Any]]:
    """A second chat server on the same store."""
    async with TestClient(TestServer(build_app(settings))) as client:
        yield client


async def test_when_the_nurses_browser_is_gone_another_server_puts_it_back_once(
    patient: Patient, ada: NurseDesk, log_in: LogIn, other_server: TestClient[Any, Any]
) -> None:
    await want_human(patient)
    await ada.act("claim", patient.conversation)
    await patient.until_entry(notice="claimed")
    bob = await log_in("bob")
    alert = asyncio.create_task(bob.until(lambda f: f["type"] == "alert" and f["why"] == "nurse_lost", within=15))
    await ada.socket.close()
    told = await patient.until(lambda f: f["type"] == "entry" and f["entry"].get("notice") == "nurse_lost", within=15)
    assert "Nurse Ada" in told["entry"]["text"]
    assert (await alert)["conversation"] == patient.conversation
    (item,) = [frame for frame in bob.frames if frame["type"] == "queue"][-1]["items"]
    assert (item["owner"], item["reason"]) == ("queue", "nurse_lost")
    await patient.quiet(2.5)
    assert [e["notice"] for e in patient.entries if e.get("notice")] == ["queued", "claimed", "nurse_lost"]
