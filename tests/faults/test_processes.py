"""Any one process is killed while a conversation runs: an honest sentence, no message lost, and it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.patient import Patient
from tests.support.running import NAMES, RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.slow]

QUESTION = "What helps against a sore throat?"
CHEST_PAIN = "I have crushing chest pain and my left arm is numb"


@pytest.fixture
async def patient(system: RunningSystem) -> AsyncIterator[Patient]:
    async with aiohttp.ClientSession() as http:
        patient = Patient(system.url, http)
        await patient.open()
        yield patient
        await patient.close()


@pytest.mark.parametrize("name", NAMES)
async def test_a_killed_process_comes_back_and_the_conversation_goes_on(
    system: RunningSystem, patient: Patient, name: str
) -> None:
    await patient.say("hello")
    await patient.until_entry(**{"from": "bot"})
    asked = await patient.say(QUESTION)
    await patient.until(lambda: asked in patient.acknowledged)
    system.kill(name)
    second = await patient.say("And what helps against a headache?")
    await patient.until(lambda: second in patient.acknowledged, within=60)
    turns = {patient.acknowledged[asked], patient.acknowledged[second]}
    await patient.until(lambda: turns <= {entry["turn"] for entry in patient.entries}, within=90)
    system.wait_healthy(name)

    said = [entry for entry in patient.entries if entry["from"] == "patient"]
    assert [entry["text"] for entry in said] == ["hello", QUESTION, "And what helps against a headache?"]
    ids = [entry["id"] for entry in patient.entries]
    assert len(ids) == len(set(ids))
    for turn in turns:
        replies = [entry for entry in patient.entries if entry["turn"] == turn]
        assert all(entry["text"] for entry in replies)
        assert len([entry for entry in replies if entry["kind"] == "answer"]) <= 1


@pytest.mark.parametrize("name", ["rasa", "actions", "models"])
async def test_an_emergency_is_answered_while_a_process_is_down(
    system: RunningSystem, patient: Patient, name: str
) -> None:
    system.stop(name)
    try:
        await patient.say(CHEST_PAIN)
        advice = await patient.until_entry(kind="advice", within=2)
        assert advice["advice"]["acuity"] == "emergency"
    finally:
        system.start(name)
        system.wait_healthy(name)


async def test_an_emergency_is_answered_while_the_store_is_down_and_kept_when_it_is_back(
    system: RunningSystem, patient: Patient
) -> None:
    system.stop("redis")
    try:
        said = await patient.say(CHEST_PAIN)
        await patient.until(lambda: any(frame["type"] == "unsaved_advice" for frame in patient.frames), within=5)
        assert said not in patient.acknowledged
    finally:
        system.start("redis")
        system.wait_healthy("redis")
    await patient.until(lambda: said in patient.acknowledged)
    await patient.until_entry(kind="advice")
    assert [entry["text"] for entry in patient.entries if entry["from"] == "patient"] == [CHEST_PAIN]


async def test_with_the_dialogue_manager_away_for_good_a_nurse_is_called(
    system: RunningSystem, patient: Patient
) -> None:
    system.stop("rasa")
    try:
        await patient.say(QUESTION)
        await patient.until_entry(notice="assistant_restarting")
        told = await patient.until_entry(notice="assistant_unavailable", within=60)
        assert "nurse" in told["text"]
    finally:
        system.start("rasa")
        system.wait_healthy("rasa")


async def test_with_one_dialogue_manager_away_another_answers_at_once(system: RunningSystem) -> None:
    system.stop("rasa-1")
    try:
        async with aiohttp.ClientSession() as http:
            patients = [Patient(system.url, http) for _ in range(6)]  # one in two would go to the one that is away
            for patient in patients:
                await patient.open()
                await patient.say("hello")
            for patient in patients:
                await patient.until_entry(**{"from": "bot"})
                assert not [entry for entry in patient.entries if entry["from"] == "system"]
                await patient.close()
    finally:
        system.start("rasa-1")
        system.wait_healthy("rasa-1")
