"""What every channel does, whatever its own format: take a message in, and be answered by the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from redis.exceptions import RedisError

from bot.conversation import marks, ownership
from bot.conversation.entry import Entry
from bot.conversation.notices import notice
from bot.conversation.screening import ALARMING, advice_of, is_for_the_bot, screen_message
from bot.conversation.second_reading import SecondReading
from bot.conversation.state import State
from bot.conversation.store import Change, Conversations, TooFastError, now_ms
from bot.triage import Acuity, screen


class Leave(Protocol):
    """A way for the patient to leave: ownership.leave_queue or ownership.end."""

    def __call__(self, state: State, *, last_entry: str) -> State: ...


class RefusedError(Exception):
    """A message that was not taken: `code` as in docs/protocol.md, and words for the sender."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Message:
    """One patient message, free of its channel's format. `id` is the channel's own, the same on a repetition."""

    id: str
    text: str
    button: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The entry that a message became, whether it had been taken before, and what the screen said of it."""

    entry: str
    duplicate: bool
    acuity: Acuity


class Intake:
    """Takes messages into conversations: stored first, then screened, then left to the turn."""

    def __init__(self, conversations: Conversations, second: SecondReading, region: str | None, limit: int) -> None:
        self.conversations = conversations
        self.second = second
        self.region = region
        self.limit = limit

    async def take(self, conversation: str, message: Message, per_minute: int | None = None) -> Taken:
        """Store and screen a message. RefusedError when it cannot be taken, also after `per_minute` in a minute."""
        self._check(message)
        try:
            entry, duplicate = await self._store(conversation, message, per_minute)
            screened = await screen_message(self.conversations, conversation, entry, self.region)
            if not duplicate and not is_for_the_bot(screened):
                self.second.begin(conversation, entry, screened.verdict)  # no turn will do it
        except (RedisError, OSError) as error:
            raise RefusedError("not_stored", "Not stored yet: please send it again.") from error
        return Taken(entry, duplicate, screened.verdict.acuity)

    async def want_human(self, conversation: str, client_id: str) -> None:
        """Straight into the nurses' queue."""

        def step(state: State) -> Change:
            after = ownership.request_nurse(
                state, reason="asked", acuity=state.acuity or Acuity.ROUTINE.value, now=now_ms()
            )
            if after.owner == state.owner:
                return Change()
            told = notice(_queued_code(after), after.lang, self.region).stamped(after.epoch)
            return Change(state=after, entries=(told,), client_id=client_id, alert=after.acuity)

        await self._change(conversation, step)

    async def leave_queue(self, conversation: str, client_id: str) -> None:
        """Back to the assistant. RefusedError while that is not allowed."""
        await self._go(conversation, client_id, ownership.leave_queue, "left_queue")

    async def close(self, conversation: str, client_id: str) -> None:
        """The patient ends it. RefusedError while that is not allowed."""
        await self._go(conversation, client_id, ownership.end, "closed_by_patient")

    async def choose_language(self, conversation: str, lang: str) -> None:
        """The patient's choice of language for what follows."""
        await self._change(conversation, lambda state: Change(state=replace(state, lang=lang)))

    async def feedback(self, conversation: str, entry_id: str, helpful: bool) -> None:
        """What the patient says of one answer; the last counts. RefusedError where it is no such answer."""
        entry = await self.conversations.entry(conversation, entry_id)
        await self._change(conversation, lambda _now: Change(mark=marks.feedback(entry, helpful)))

    def emergency_advice(self, message: Message) -> Entry | None:
        """The advice for words that are alarming by themselves: needs no store and no other service."""
        text = message.text[: self.limit]
        verdict = self.second.alone(screen(text, region=self.region), text)
        if verdict.acuity not in ALARMING:
            return None
        text, card = advice_of(verdict, self.region)
        return Entry(sender="bot", kind="advice", text=text, lang=verdict.lang, advice=card, client_id=message.id)

    async def _go(self, conversation: str, client_id: str, leave: Leave, told: str) -> None:
        last = await self.conversations.last(conversation)

        def step(state: State) -> Change:
            after = leave(state, last_entry=last)
            if after is state:
                return Change()
            words = notice(told, after.lang, self.region).stamped(after.epoch)
            return Change(state=after, entries=(words,), client_id=client_id)

        await self._change(conversation, step)

    async def _change(self, conversation: str, step: Callable[[State], Change]) -> None:
        try:
            await self.conversations.change(conversation, step)
        except ownership.NotAllowedError as error:
            raise RefusedError("not_allowed", str(error)) from error
        except (RedisError, OSError) as error:
            raise RefusedError("not_stored", "Not stored yet: please send it again.") from error

    def _check(self, message: Message) -> None:
        if not message.text.strip():
            raise RefusedError("empty", "The message is empty.")
        if len(message.text) > self.limit:
            raise RefusedError("too_long", f"The message is longer than {self.limit} characters.")

    async def _store(self, conversation: str, message: Message, per_minute: int | None) -> tuple[str, bool]:
        payload = await self._payload(conversation, message.button)
        lang, epoch = await self.conversations.stamp(conversation)
        entry = Entry(sender="patient", text=message.text, lang=lang, client_id=message.id, button=payload).stamped(
            epoch
        )
        try:
            return await self.conversations.accept(conversation, entry, per_minute=per_minute)
        except TooFastError:
            if not self._is_alarming(message.text):  # such a message is never held back
                words = "Too many messages in a minute: it is kept and sent a little later."
                raise RefusedError("too_fast", words) from None
            return await self.conversations.accept(conversation, entry)

    def _is_alarming(self, text: str) -> bool:
        return screen(text, region=self.region).acuity in ALARMING

    async def _payload(self, conversation: str, button: tuple[str, int] | None) -> str | None:
        """The intent behind a button that this bot offered in this conversation; None for any other."""
        if button is None:
            return None
        entry = await self.conversations.entry(conversation, button[0])
        offered = entry.buttons if entry and entry.sender == "bot" else ()
        return offered[button[1]].payload if 0 <= button[1] < len(offered) else None


def _queued_code(state: State) -> str:
    return f"queued_{state.acuity}" if state.acuity in ("urgent", "emergency") else "queued"
