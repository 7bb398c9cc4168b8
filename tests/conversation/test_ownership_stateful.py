"""Whatever patients, nurses, servers and the dialogue manager do in whatever order: ownership is as the model says.

On a real Redis, through what the channels and the desk really call.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.channels.base import Intake, Message, RefusedError
from bot.conversation.connection import connect
from bot.conversation.entry import Entry
from bot.conversation.ownership import NotAllowedError
from bot.conversation.readers import Readers
from bot.conversation.replies import Handoff, Outcome, carry_out_turn, give_up
from bot.conversation.second_reading import SecondReading
from bot.conversation.store import PRESENT, QUEUE, WITH_NURSE, Conversations
from bot.desk.accounts import Accounts, Nurse
from bot.desk.acts import NurseActs
from bot.handoff.attention import take_from_lost_nurse
from bot.handoff.presence import Presence
from bot.handoff.waits import Waits
from bot.settings import Settings
from bot.waiting import handoff_rules
from tests.conversation.ownership_model import ALARMING, HARMLESS, NURSES, Model, Op, apply

T = TypeVar("T")

nurses = st.sampled_from(NURSES)
patients_acts = st.one_of(
    st.tuples(st.just("say"), st.sampled_from((*HARMLESS, *HARMLESS, ALARMING))),
    st.tuples(st.sampled_from(("want_human", "leave", "end"))),
)
nurses_acts = st.one_of(
    st.tuples(st.sampled_from(("claim", "claim", "hand_back", "close", "write", "lose", "snooze")), nurses),
    st.tuples(st.just("transfer"), nurses, st.sampled_from((*NURSES, "team"))),
)
acts = st.one_of(patients_acts, nurses_acts)
DETOURS: tuple[tuple[Op, ...], ...] = (
    (("want_human",), ("leave",)),
    (("want_human",), ("claim", "ada"), ("hand_back", "ada")),
    (("end",), ("say", HARMLESS[0])),
)


class World:
    """The hospital around the conversations: a store, a channel, two nurses at their desks."""

    def __init__(self, redis_url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.store = Conversations(connect(redis_url))
        redis, self.rules = self.store.redis, handoff_rules(Settings(careline_region="GB"))
        self.presence, accounts = Presence(redis, 3600, self.rules.clock), Accounts(redis)
        waits = Waits(redis, self.rules.clock)
        self.second = SecondReading(self.store, Readers(), "GB", patience=0)
        self.intake = Intake(self.store, self.second, "GB", 4000)
        self.desks = {
            name: NurseActs(self.store, accounts, self.presence, waits, self.rules, Nurse(name, name))
            for name in NURSES
        }
        for name in NURSES:
            self.loop.run_until_complete(accounts.add(name, name, "a long enough password"))

    def close(self) -> None:
        self.loop.run_until_complete(self.second.close())
        self.loop.run_until_complete(self.store.redis.aclose())
        self.loop.close()


class Conversation(RuleBasedStateMachine):
    """One conversation; every act is done to the store and to the model."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.store, self.redis = self.world.store, self.world.store.redis
        self.id, _ = self.run(self.store.create("web", "en"))
        self.model = Model()
        self.ids: Iterator[int] = itertools.count()
        self.said: list[Message] = []
        self.turns: list[tuple[str, int]] = []
        self.replies: dict[str, bool] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.world.loop.run_until_complete(work)

    @rule(op=acts)
    def one_act(self, op: Op) -> None:
        before = self.model
        self.model = apply(before, op)
        refused = self.run(self.do(op))
        assert not (refused and self.model != before), f"{op} was refused"

    @rule(detour=st.sampled_from(DETOURS))
    def there_and_back(self, detour: tuple[Op, ...]) -> None:
        """The bot has it again, but a turn from before is of an older epoch."""
        for op in detour:
            self.one_act(op)

    @rule(one=acts, other=acts)
    def two_acts_at_once(self, one: Op, other: Op) -> None:
        """Whichever is first: the outcome is that of one order or the other."""
        outcomes = [apply(apply(self.model, one), other), apply(apply(self.model, other), one)]
        # a nurse who does something just then is there, and loses nothing
        outcomes += [apply(self.model, each) for each, beside in ((one, other), (other, one)) if beside[0] == "lose"]

        async def both() -> None:
            await asyncio.gather(self.do(one), self.do(other))

        self.run(both())
        state = self.run(self.store.state(self.id))
        fitting = [
            each for each in outcomes if (each.owner, each.nurse, each.epoch) == (state.owner, state.nurse, state.epoch)
        ]
        assert fitting, f"{one} beside {other}"
        self.model = next((each for each in fitting if each.emergency == (state.acuity == "emergency")), fitting[0])

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def a_message_is_delivered_again(self, data: st.DataObject) -> None:
        before = self.run(self.everything())
        again = data.draw(st.sampled_from(self.said))
        assert self.run(self.world.intake.take(self.id, again)).duplicate
        assert self.run(self.everything()) == before

    @rule()
    def the_bot_begins_a_turn(self) -> None:
        turn = self.run(self.store.next_turn(self.id))
        if turn and self.model.owner == "bot":
            self.turns.append((turn, self.model.epoch))

    @precondition(lambda self: self.turns)
    @rule(data=st.data(), wish=st.sampled_from(("reply", "reply", "handoff", "give_up")))
    def the_bot_ends_a_turn(self, data: st.DataObject, wish: str) -> None:
        turn, epoch = data.draw(st.sampled_from(self.turns))
        self.turns.remove((turn, epoch))
        pending = self.run(self.store.next_turn(self.id)) == turn
        in_time = pending and self.model.owner == "bot" and self.model.epoch == epoch
        words = f"reply {next(self.ids)}"
        outcome = Outcome(
            (Entry(sender="bot", text=words, lang="en"),), Handoff("asked", "routine") if wish == "handoff" else None
        )
        if wish == "give_up":
            self.run(self.store.change(self.id, lambda now: give_up(now, turn, epoch, "GB")))
        else:
            self.run(self.store.change(self.id, lambda now: carry_out_turn(now, turn, epoch, outcome, "GB")))
            self.replies[words] = in_time
        if in_time and wish != "reply":
            self.model = self.model.to("queue")

    async def do(self, op: Op) -> bool:
        """Do it to the store; whether it was refused."""
        try:
            await self._do(op)
        except (NotAllowedError, RefusedError):
            return True
        return False

    async def _do(self, op: Op) -> None:
        fresh = f"id{next(self.ids)}"
        match op:
            case ("say", text):
                message = Message(fresh, text)
                self.said.append(message)
                await self.world.intake.take(self.id, message)
            case ("want_human",):
                await self.world.intake.want_human(self.id, fresh)
            case ("leave",):
                await self.world.intake.leave_queue(self.id, fresh)
            case ("end",):
                await self.world.intake.close(self.id, fresh)
            case ("claim", nurse):
                await self.world.desks[nurse].claim(self.id)
            case ("hand_back" | "close" as how, nurse):
                await self.world.desks[nurse].finish(self.id, how)
            case ("transfer", nurse, "team"):
                await self.world.desks[nurse].transfer(self.id, team="nurses")
            case ("transfer", nurse, to):
                await self.world.presence.renew(to)
                await self.world.desks[nurse].transfer(self.id, nurse=to)
            case ("write", nurse):
                await self.world.desks[nurse].say(self.id, fresh, "I am reading this")
            case ("snooze", nurse):
                await self.world.desks[nurse].snooze(self.id, 5)
            case ("lose", nurse):
                await self.redis.zrem(PRESENT, nurse)
                await self.store.change(self.id, lambda state: take_from_lost_nurse(state, nurse, self.world.rules))
            case _:
                raise AssertionError(op)

    async def everything(self) -> tuple[object, ...]:
        state = await self.store.state(self.id)
        return state, await self.store.entries(self.id), await self.store.next_turn(self.id)

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        state = self.run(self.store.state(self.id))
        assert (state.owner, state.nurse, state.epoch) == (self.model.owner, self.model.nurse, self.model.epoch)
        assert (state.acuity == "emergency") == self.model.emergency
        waiting, taken = (self.run(self.redis.zscore(key, self.id)) is not None for key in (QUEUE, WITH_NURSE))
        assert (waiting, taken) == (state.owner == "queue", state.owner == "nurse")
        assert not (self.model.emergency and state.owner in ("bot", "closed"))

    @invariant()
    def nobody_speaks_out_of_turn(self) -> None:
        log = self.run(self.store.entries(self.id))
        for entry in log:
            owner = self.model.owners[entry.epoch]
            if entry.sender == "nurse":
                assert owner == "nurse", "a nurse wrote who did not have it"
            if entry.sender == "bot":
                assert owner == ("bot" if entry.kind == "text" else "queue"), "the bot spoke out of turn"
        epochs = [entry.epoch for entry in log if entry.sender != "patient"]
        assert epochs == sorted(epochs), "something of an older epoch was shown"

    @invariant()
    def a_reply_is_shown_once_if_it_was_in_time_and_never_else(self) -> None:
        shown = [entry.text for entry in self.run(self.store.entries(self.id)) if entry.text in self.replies]
        assert sorted(shown) == sorted(words for words, in_time in self.replies.items() if in_time)


@pytest.fixture
def world(redis_url: str) -> Iterator[World]:
    world = World(redis_url)
    yield world
    world.close()


@pytest.mark.slow
def test_ownership_is_as_the_model_says(world: World) -> None:
    Conversation.world = world
    run_state_machine_as_test(
        Conversation,
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
