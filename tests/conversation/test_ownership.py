"""Who owns a conversation, and that nobody else speaks in it."""

from __future__ import annotations

import pytest

from bot.conversation import ownership
from bot.conversation.entry import Entry
from bot.conversation.ownership import NotAllowedError
from bot.conversation.replies import Handoff, Outcome, carry_out_turn, give_up
from bot.conversation.state import State

BOT = State(id="c", channel="web", lang="en", created=0)
QUEUED = ownership.request_nurse(BOT, reason="asked", acuity="routine", now=5)
CLAIMED = ownership.claim(QUEUED, nurse="ada", nurse_name="Ada")
REPLY = Outcome((Entry(sender="bot", text="Hello", lang="en"),))


def test_each_change_of_owner_raises_the_epoch() -> None:
    back = ownership.hand_back(CLAIMED, nurse="ada", last_entry="1-0")
    closed = ownership.close(CLAIMED, nurse="ada", last_entry="1-0")
    owners = [state.owner for state in (BOT, QUEUED, CLAIMED, back, closed, ownership.reopen(closed))]
    epochs = [state.epoch for state in (BOT, QUEUED, CLAIMED, back, closed, ownership.reopen(closed))]
    assert owners == ["bot", "queue", "nurse", "bot", "closed", "bot"]
    assert epochs == [0, 1, 2, 3, 3, 4]


def test_only_the_nurse_who_has_it_may_give_it_back() -> None:
    for leave in (ownership.hand_back, ownership.close):
        with pytest.raises(NotAllowedError, match="Ada"):
            leave(CLAIMED, nurse="bob", last_entry="1-0")
    with pytest.raises(NotAllowedError, match="Ada"):
        ownership.claim(CLAIMED, nurse="bob", nurse_name="Bob")


def test_waiting_gets_more_urgent_never_less_and_keeps_its_place_in_time() -> None:
    worse = ownership.request_nurse(QUEUED, reason="screen", acuity="emergency", now=99)
    calmer = ownership.request_nurse(worse, reason="asked", acuity="self_care", now=100)
    assert (worse.acuity, worse.reason, worse.since, worse.epoch) == ("emergency", "screen", 5, 1)
    assert calmer == worse


def test_a_patient_may_leave_the_queue_but_not_with_an_emergency() -> None:
    assert ownership.leave_queue(QUEUED, last_entry="1-0").owner == "bot"
    emergency = ownership.request_nurse(QUEUED, reason="screen", acuity="emergency", now=1)
    with pytest.raises(NotAllowedError):
        ownership.leave_queue(emergency, last_entry="1-0")


def test_a_reply_in_time_is_sent() -> None:
    change = carry_out_turn(BOT, "1-0", BOT.epoch, REPLY, "GB")
    assert [entry.text for entry in change.entries] == ["Hello"]
    assert change.entries[0].turn == "1-0"


@pytest.mark.parametrize("state", [QUEUED, CLAIMED, ownership.hand_back(CLAIMED, nurse="ada", last_entry="1-0")])
def test_a_reply_from_before_a_change_of_owner_is_recorded_and_not_sent(state: State) -> None:
    change = carry_out_turn(state, "1-0", BOT.epoch, REPLY, "GB")
    assert change.entries == ()
    assert [entry.text for entry in change.unsent] == ["Hello"]


def test_rasa_asks_for_a_nurse_and_the_conversation_carries_it_out() -> None:
    change = carry_out_turn(BOT, "1-0", 0, Outcome((), Handoff("asked", "routine")), "GB")
    assert change.state is not None
    assert change.state.owner == "queue"
    assert [entry.notice for entry in change.entries] == ["queued"]


def test_when_rasa_cannot_be_had_a_nurse_looks() -> None:
    change = give_up(BOT, "1-0", 0, "GB")
    assert change.state is not None
    assert (change.state.owner, change.state.reason) == ("queue", "assistant_unavailable")
    assert change.entries[0].notice == "assistant_unavailable"
