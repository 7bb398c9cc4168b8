"""The reader by words beside a conversation: it is heard while the classifier is late, broken or calm."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp.test_utils import TestClient

from bot.server import _CONVERSATIONS
from bot.settings import WORDS_FILE, Settings
from bot.triage.ngrams import SIZE
from tests.channels.conftest import Dialogue, Patient
from tests.channels.test_models_away import NOWHERE, PUTTY
from tests.channels.test_second_reading import CALM, SURE, WORDS, ReaderServer, reader

__all__ = ["reader"]  # a fixture


@pytest.fixture
def settings(settings: Settings, reader: ReaderServer) -> Settings:
    update = {"classify_url": reader.url, "readers_patience": 0.3, "words_reader": WORDS_FILE}
    return settings.model_copy(update=update)


class TestBrokenFile:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        return settings.model_copy(update={"classify_url": NOWHERE, "words_reader": tmp_path / "none.npz"})

    async def test_it_is_reported_and_the_bot_answers(self, patient: Patient, caplog: pytest.LogCaptureFixture) -> None:
        await patient.say(PUTTY)
        await patient.until_entry(text="Hello, I am here.")
        assert "reader words: none.npz cannot be read (FileNotFoundError)" in caplog.text
        assert PUTTY not in caplog.text


def weights(path: Path, shares: Sequence[float]) -> Path:
    """A file whose reader says these of every message."""
    np.savez(path, rows=np.zeros((SIZE, 4), np.float16), bias=np.log(shares).astype(np.float16))
    return path


class TestHeardTogether:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        return settings.model_copy(update={"words_reader": weights(tmp_path / "w.npz", [0.65, 0.05, 0.1, 0.2])})

    async def test_a_calm_classifier_makes_their_mean_calm(self, reader: ReaderServer, patient: Patient) -> None:
        reader.said = {"data": [{"probs": CALM}]}
        await patient.say(WORDS)
        await patient.until_entry(text="Hello, I am here.")

    async def test_it_makes_sure_what_the_classifier_is_not_sure_enough_of(
        self, reader: ReaderServer, patient: Patient
    ) -> None:
        reader.said = {"data": [{"probs": [0.4, 0.0, 0.0, 0.6]}]}
        await patient.say(WORDS)
        await patient.until_entry(notice="queued_emergency")


class TestForANurse:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        return settings.model_copy(update={"words_reader": weights(tmp_path / "w.npz", [0.1, 0.7, 0.1, 0.1])})

    async def test_what_a_late_classifier_makes_an_emergency_counts_as_well(
        self, reader: ReaderServer, client: TestClient[Any, Any], patient: Patient
    ) -> None:
        reader.gate.clear()
        reader.said = {"data": [{"probs": SURE}]}
        await patient.say(WORDS)
        await patient.until_entry(notice="queued_urgent")
        conversations = client.app[_CONVERSATIONS]
        assert (await conversations.state(patient.conversation)).acuity == "urgent"
        reader.gate.set()
        await patient.until_entry(notice="queued_emergency")
        assert (await conversations.state(patient.conversation)).acuity == "emergency"


async def test_while_the_classifier_is_late_it_is_heard_alone(
    reader: ReaderServer, patient: Patient, dialogue: Dialogue
) -> None:
    reader.gate.clear()
    await patient.say(PUTTY)
    await patient.until_entry(kind="advice")
    reader.gate.set()
    await patient.quiet()
    assert dialogue.asked == []


async def test_a_late_and_calm_classifier_takes_nothing_back(
    reader: ReaderServer, client: TestClient[Any, Any], patient: Patient
) -> None:
    reader.gate.clear()
    await patient.say(PUTTY)
    await patient.until_entry(notice="queued_emergency")
    reader.gate.set()
    await asyncio.sleep(0.2)
    state = await client.app[_CONVERSATIONS].state(patient.conversation)
    assert (state.owner, state.acuity) == ("queue", "emergency")


@pytest.mark.parametrize("said", [{"data": []}, {"data": [{"probs": "high"}]}])
async def test_while_the_classifier_cannot_be_read_it_is_heard_alone(
    reader: ReaderServer, patient: Patient, said: Any
) -> None:
    reader.said = said
    await patient.say(PUTTY)
    await patient.until_entry(kind="advice")
