"""One open socket of one patient."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from redis.exceptions import RedisError

from bot.channels.base import Intake, Message, RefusedError
from bot.channels.frames import Frame, button_of, contacts_of, read_frame, send, send_error, send_unsaved
from bot.conversation.live import RESYNC, Hub, Signal
from bot.conversation.screening import ALARMING
from bot.conversation.state import State
from bot.conversation.store import MissingConversationError, live_channel, partial_channel
from bot.conversation.tasks import end
from bot.handoff.outlook import Outlook
from bot.triage import Acuity

log = logging.getLogger(__name__)

_ADVICE_PATIENCE = 0.25
"""Seconds that the usual way of an emergency's advice, through the store, may take; then it is shown beside it."""
_AHEAD = 32
"""Frames that are read before the first of them is carried out."""
_POSITION_EVERY = 30.0
_LOOK_AGAIN = 1.0


class StoreAwayError(Exception):
    """The store does not answer in time."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame of a socket: which conversation, the key to it, the last entry that the patient has."""

    conversation: str
    token: str
    since: str


class PatientSocket:
    """Reads frames, carries them out one after the other, and sends what the log and the hub bring."""

    def __init__(
        self,
        intake: Intake,
        hub: Hub,
        outlook: Outlook,
        socket: web.WebSocketResponse,
        hello: Hello,
        per_minute: int,
    ) -> None:
        self._intake = intake
        self._hub = hub
        self._outlook = outlook
        self._socket = socket
        self._conversation = hello.conversation
        self._cursor = hello.since
        self._marked = "0-0"
        self._per_minute = per_minute
        self._shown: dict[str, Any] = {}
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue(_AHEAD)
        self._signals: asyncio.Queue[Signal] | None = None
        self._taken: list[str] = []
        self._unadvised: dict[str, tuple[Message, asyncio.TimerHandle]] = {}
        self._advising: set[asyncio.Task[None]] = set()
        self._behind = False

    async def serve(self, state: State) -> None:
        """Until the patient leaves. StoreAwayError when the store goes away under a message."""
        await send(
            self._socket, type="welcome", owner=state.owner, lang=state.lang, nurse=state.nurse_name,
            limit=self._intake.limit, contacts=self._contacts(state.lang),
        )  # fmt: skip
        reading = asyncio.create_task(self._read())
        tasks = [asyncio.create_task(self._obey_in_order()), asyncio.create_task(self._write())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for _message, timer in self._unadvised.values():
                timer.cancel()
            errors = await end([*tasks, reading, *self._advising])
        if any(isinstance(error, MissingConversationError) for error in errors):  # erased meanwhile
            with contextlib.suppress(OSError):
                await send_error(self._socket, "unauthorised", "This conversation is not known any more.")
            return
        for error in errors:
            if isinstance(error, StoreAwayError):
                raise error
            if error and not isinstance(error, RedisError | OSError):
                log.error("a patient's socket failed: %s", type(error).__name__)

    # what the patient sends

    async def _read(self) -> None:
        """Ahead of what is carried out, so that an emergency behind a message that waits for the store is seen."""
        with contextlib.suppress(OSError):  # the patient is gone
            async for message in self._socket:
                await self._read_one(message.data)
        await self._frames.put(None)

    async def _read_one(self, data: object) -> None:
        try:
            frame = read_frame(data)
        except ValueError as error:
            await send_error(self._socket, "bad_frame", str(error))
            return
        match frame:
            case {"type": "say", "id": str(client_id), "text": str(text)}:
                self._expect_advice(Message(client_id, text))
        await self._frames.put(frame)

    async def _obey_in_order(self) -> None:
        # The store takes a socket's messages in the order they were sent, so each is finished before the next.
        while (frame := await self._frames.get()) is not None:
            try:
                await self._obey(frame)
            except RefusedError as error:
                if error.code != "not_stored":
                    await send_error(self._socket, error.code, str(error), frame.get("id"))
                    continue
                await self._advise_at_once()
                await send_error(self._socket, error.code, str(error), frame.get("id"))
                raise StoreAwayError from None

    async def _obey(self, frame: Frame) -> None:
        match frame:
            case {"type": "say", "id": str(client_id), "text": str(text)} if 0 < len(client_id) <= 64:
                message = Message(client_id, text, button_of(frame))
                taken = await self._intake.take(self._conversation, message, self._per_minute)
                await send(self._socket, type="ack", id=client_id, entry=taken.entry, duplicate=taken.duplicate)
                self._expect_no_more(client_id, taken.acuity)
            case {"type": "want_human", "id": str(client_id)}:
                await self._intake.want_human(self._conversation, client_id)
                await self._acknowledge(client_id)
            case {"type": "leave_queue", "id": str(client_id)}:
                await self._intake.leave_queue(self._conversation, client_id)
                await self._acknowledge(client_id)
            case {"type": "close", "id": str(client_id)}:
                await self._intake.close(self._conversation, client_id)
                await self._acknowledge(client_id)
            case {"type": "lang", "lang": "en" | "zh" as lang}:
                await self._intake.choose_language(self._conversation, lang)
            case {"type": "feedback", "entry": str(entry), "helpful": bool(helpful)}:
                await self._intake.feedback(self._conversation, entry, helpful)
            case _:
                raise RefusedError("bad_frame", "This frame is not one of the protocol.")

    async def _acknowledge(self, client_id: str) -> None:
        await send(self._socket, type="ack", id=client_id, entry=None, duplicate=False)

    # an emergency's advice, where the store is slow

    def _expect_advice(self, message: Message) -> None:
        if message.id not in self._unadvised:
            timer = asyncio.get_running_loop().call_later(_ADVICE_PATIENCE, self._advise_soon, message)
            self._unadvised[message.id] = message, timer

    def _advise_soon(self, message: Message) -> None:
        self._unadvised.pop(message.id, None)
        task = asyncio.create_task(self._advise(message))
        self._advising.add(task)
        task.add_done_callback(self._advising.discard)

    async def _advise(self, message: Message) -> None:
        if advice := self._intake.emergency_advice(message):
            await send_unsaved(self._socket, advice)

    async def _advise_at_once(self) -> None:
        while self._unadvised:
            _id, (message, timer) = self._unadvised.popitem()
            timer.cancel()
            await self._advise(message)

    def _expect_no_more(self, client_id: str, acuity: Acuity) -> None:
        """The message is taken and screened: if there is advice, it is in the log, and shown by the next look at it."""
        if acuity not in ALARMING:
            self._forget_advice(client_id)
            return
        self._taken.append(client_id)
        if self._signals is not None:
            self._signals.put_nowait(RESYNC)

    def _forget_advice(self, client_id: str) -> None:
        if expected := self._unadvised.pop(client_id, None):
            expected[1].cancel()

    # what the patient is sent

    async def _write(self) -> None:
        channels = (live_channel(self._conversation), partial_channel(self._conversation))
        async with self._hub.listen(*channels) as signals:
            self._signals = signals
            while True:
                waiting = [await self._next(signals)]
                while not signals.empty():
                    waiting.append(signals.get_nowait())
                await self._pass_on(waiting)

    async def _next(self, signals: asyncio.Queue[Signal]) -> Signal:
        """The next signal; who waits is told their position anew now and then, as others go before them."""
        patience = _LOOK_AGAIN if self._behind else _POSITION_EVERY if self._shown.get("owner") == "queue" else None
        try:
            async with asyncio.timeout(patience):
                return await signals.get()
        except TimeoutError:
            return RESYNC

    async def _pass_on(self, signals: list[Signal]) -> None:
        news = [signal for signal in signals if not await self._is_passing(signal)]
        if not news:
            return
        try:
            await self._catch_up()
            self._behind = False
        except RedisError:
            self._behind = True
            log.warning("conversation %s: the store is away", self._conversation)

    async def _is_passing(self, signal: Signal) -> bool:
        """Whether a signal is of something that is not kept: shown, if it is of now, and forgotten."""
        partial = signal.get("channel") == partial_channel(self._conversation) and signal is not RESYNC
        if not partial and signal["type"] != "working":
            return False
        if self._shown.get("owner") == "bot" and self._shown.get("epoch") == signal.get("epoch"):
            if partial:
                kept = {name: signal.get(name) for name in ("turn", "seq", "sentence", "citations")}
                await send(self._socket, type="partial", **kept)
            else:
                await send(self._socket, type="working", turn=signal["turn"])
        return True

    async def _catch_up(self) -> None:
        taken, self._taken = self._taken, []
        try:
            entries, marks, state = await self._intake.conversations.news(
                self._conversation, self._cursor, self._marked
            )
        except RedisError:
            self._taken = [*taken, *self._taken]
            raise
        for entry in entries:
            self._cursor = entry.id
            await send(self._socket, type="entry", entry=entry.to_wire())
        for mark in marks:
            self._marked = mark.id
            if mark.kind == "feedback":  # what nurses correct is not for the patient
                await send(self._socket, type="feedback", entry=mark.entry, helpful=mark.value["helpful"])
        for client_id in taken:
            self._forget_advice(client_id)
        shown = await self._visible(state)
        if shown != self._shown:
            self._shown = shown
            await send(self._socket, type="state", **{k: v for k, v in shown.items() if k != "epoch"})

    async def _visible(self, state: State) -> dict[str, Any]:
        return {
            "owner": state.owner, "nurse": state.nurse_name, "acuity": state.acuity, "lang": state.lang,
            "epoch": state.epoch, "contacts": self._contacts(state.lang), **await self._outlook.of(state),
        }  # fmt: skip

    def _contacts(self, lang: str) -> list[dict[str, str]]:
        return contacts_of(self._intake.region, lang)
