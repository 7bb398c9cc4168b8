"""One nurse at work: the queue live, one conversation open, and what the nurse does with it."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

from aiohttp import WSMsgType, web
from redis.exceptions import RedisError

from bot.conversation import ownership
from bot.conversation.entry import Entry
from bot.conversation.live import Hub, Signal
from bot.conversation.notices import notice
from bot.conversation.state import State
from bot.conversation.store import DESK_CHANNEL, Change, Conversations, MissingConversationError, live_channel
from bot.conversation.tasks import end
from bot.desk import audit
from bot.desk.accounts import Nurse
from bot.handoff.queue import item, items, last_words
from bot.handoff.sbar import sbar

log = logging.getLogger(__name__)

_LONGEST = 8000


class NurseSocket:
    """One open socket of one nurse."""

    def __init__(
        self,
        conversations: Conversations,
        hub: Hub,
        socket: web.WebSocketResponse,
        nurse: Nurse,
        region: str | None,
    ) -> None:
        self._conversations = conversations
        self._hub = hub
        self._socket = socket
        self._nurse = nurse
        self._region = region
        self._open: str | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Until the nurse leaves or the store goes away."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._watch_queue())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks += [self._watcher] if self._watcher else []
            for error in await end(tasks):
                if error and not isinstance(error, RedisError | OSError):
                    log.error("a nurse's socket failed: %s", type(error).__name__)

    async def _read(self) -> None:
        async for message in self._socket:
            frame: dict[str, Any] = {}
            try:
                frame = _frame(message.data if message.type is WSMsgType.TEXT else "")
                await self._obey(frame)
            except ValueError as error:
                await self._error(frame, "bad_frame", str(error))
            except MissingConversationError:
                await self._error(frame, "bad_frame", "There is no such conversation.")
            except ownership.NotAllowedError as error:
                await self._error(frame, "not_allowed", str(error))
            except (RedisError, OSError):
                await self._error(frame, "not_stored", "Not stored: please try again.")

    async def _obey(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"type": "open", "conversation": str(conversation)}:
                await self._open_conversation(conversation)
            case {"type": "claim", "conversation": str(conversation)}:
                await self._claim(conversation)
            case {"type": "say", "conversation": str(conversation), "id": str(client_id), "text": str(text)}:
                await self._say(conversation, client_id, text)
            case {"type": "hand_back" | "close" as action, "conversation": str(conversation)}:
                await self._finish(conversation, action)
            case _:
                raise ValueError("This frame is not one of the protocol.")

    async def _open_conversation(self, conversation: str) -> None:
        await self._conversations.state(conversation)
        await audit.record(self._conversations.redis, self._nurse.name, "open", conversation)
        if self._watcher:
            self._watcher.cancel()
        self._open = conversation
        self._watcher = asyncio.create_task(self._watch_conversation(conversation))

    async def _claim(self, conversation: str) -> None:
        entries = await self._conversations.entries(conversation)

        def step(state: State) -> Change:
            after = ownership.claim(state, nurse=self._nurse.name, nurse_name=self._nurse.display_name)
            return replace(self._told(state, after, "claimed"), note=sbar(after, entries))

        await self._conversations.change(conversation, step)
        await audit.record(self._conversations.redis, self._nurse.name, "claim", conversation)

    async def _say(self, conversation: str, client_id: str, text: str) -> None:
        if not text.strip():
            raise ValueError("The message is empty.")
        if len(text) > _LONGEST:
            raise ValueError(f"The message is longer than {_LONGEST} characters.")

        def step(state: State) -> Change:
            ownership.require_nurse(state, self._nurse.name)
            said = Entry(
                sender="nurse",
                text=text,
                lang=state.lang,
                client_id=client_id,
                author=self._nurse.display_name,
            ).stamped(state.epoch)
            return Change(entries=(said,), client_id=f"nurse:{client_id}")

        committed = await self._conversations.change(conversation, step)
        await self._send(type="ack", id=client_id, entry=committed.entry_ids[0])

    async def _finish(self, conversation: str, action: str) -> None:
        last = await self._conversations.recent(conversation, count=1)
        leave = ownership.hand_back if action == "hand_back" else ownership.close

        def step(state: State) -> Change:
            after = leave(state, nurse=self._nurse.name, last_entry=last[-1].id)
            return self._told(state, after, "handed_back" if action == "hand_back" else "closed")

        await self._conversations.change(conversation, step)
        await audit.record(self._conversations.redis, self._nurse.name, action, conversation)

    def _told(self, before: State, after: State, code: str) -> Change:
        if after is before:
            return Change()
        told = notice(code, after.lang, self._region, nurse=self._nurse.display_name)
        return Change(state=after, entries=(told.stamped(after.epoch),))

    async def _watch_queue(self) -> None:
        async with self._hub.listen(DESK_CHANNEL) as signals:
            while True:
                waiting = [await signals.get()]
                while not signals.empty():
                    waiting.append(signals.get_nowait())
                await self._send(type="queue", items=await items(self._conversations, self._nurse.name))
                for alert in [signal for signal in waiting if signal["type"] == "alert"]:
                    await self._send(type="alert", conversation=alert["conversation"], acuity=alert["acuity"])

    async def _watch_conversation(self, conversation: str) -> None:
        cursor = ""
        shown: dict[str, Any] = {}
        async with self._hub.listen(live_channel(conversation)) as signals:
            while True:
                signal: Signal = await signals.get()
                if signal["type"] == "working":
                    continue
                state = await self._conversations.state(conversation)
                entries = await self._conversations.entries(conversation)
                now = item(state, last_words(entries), self._nurse.name)
                if not cursor:
                    await self._send(
                        type="conversation", conversation=conversation, item=now, findings=list(state.findings),
                        entries=[entry.to_wire() for entry in entries], note=sbar(state, entries),
                    )  # fmt: skip
                else:
                    for entry in entries[_index_after(entries, cursor) :]:
                        await self._send(type="entry", conversation=conversation, entry=entry.to_wire())
                    if now != shown:
                        await self._send(
                            type="state",
                            conversation=conversation,
                            item=now,
                            findings=list(state.findings),
                            note=sbar(state, entries),
                        )
                cursor, shown = entries[-1].id if entries else "0-0", now

    async def _error(self, frame: dict[str, Any], code: str, message: str) -> None:
        await self._send(type="error", id=frame.get("id"), code=code, message=message)

    async def _send(self, **frame: object) -> None:
        await self._socket.send_json(frame, dumps=_dumps)


def _index_after(entries: list[Entry], cursor: str) -> int:
    return next((index + 1 for index in range(len(entries) - 1, -1, -1) if entries[index].id == cursor), 0)


def _frame(text: str) -> dict[str, Any]:
    frame = json.loads(text) if text else None
    if not isinstance(frame, dict):
        raise ValueError("The frame is not a JSON object.")
    return frame


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
