"""One nurse at work: the queue live, one conversation open, and what the nurse does with it."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from aiohttp import WSMsgType, web
from redis.exceptions import RedisError

from bot.conversation.entry import Entry
from bot.conversation.live import Hub
from bot.conversation.marks import by_answer
from bot.conversation.ownership import NotAllowedError
from bot.conversation.store import QUEUE, Conversations, MissingConversationError, live_channel
from bot.conversation.tasks import end
from bot.desk import audit
from bot.desk.accounts import Nurse
from bot.desk.acts import NurseActs
from bot.desk.staff import Staff
from bot.handoff.board import Board
from bot.handoff.presence import Presence
from bot.handoff.queue import item, last_words, mine
from bot.handoff.rules import HandoffRules
from bot.handoff.sbar import Setting, sbar
from bot.handoff.summary import Summariser

log = logging.getLogger(__name__)

LANGS = ("en", "zh")
_QUEUE_EVERY = 0.2
"""Seconds between two looks at the queue: a rush of changes is shown as one."""


class NurseSocket:
    """One open socket of one nurse."""

    def __init__(
        self,
        conversations: Conversations,
        hub: Hub,
        board: Board,
        staff: Staff,
        presence: Presence,
        acts: NurseActs,
        rules: HandoffRules,
        summariser: Summariser | None,
        socket: web.WebSocketResponse,
        nurse: Nurse,
    ) -> None:
        self._conversations = conversations
        self._hub = hub
        self._board = board
        self._staff = staff
        self._presence = presence
        self._acts = acts
        self._rules = rules
        self._socket = socket
        self._nurse = nurse
        self._summariser = summariser
        self._watcher: asyncio.Task[None] | None = None
        self._background: list[asyncio.Task[None]] = []

    async def serve(self) -> None:
        """Until the nurse leaves or the store goes away."""
        tasks = [asyncio.create_task(job()) for job in (self._read, self._watch_queue, self._stay_present)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks += [*self._background, *([self._watcher] if self._watcher else [])]
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
            except NotAllowedError as error:
                await self._error(frame, "not_allowed", str(error))
            except (RedisError, OSError):
                await self._error(frame, "not_stored", "Not stored: please try again.")

    async def _obey(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"type": "open", "conversation": str(conversation)}:
                await self._open_conversation(conversation)
            case {"type": "summarise", "conversation": str(conversation), "lang": "en" | "zh" as lang}:
                await audit.record(self._conversations.redis, self._nurse.name, "summarise", conversation)
                self._background.append(asyncio.create_task(self._summarise(conversation, lang)))
            case {"type": "claim", "conversation": str(conversation)}:
                await self._acts.claim(conversation)
            case {"type": "say", "conversation": str(conversation), "id": str(client_id), "text": str(text)}:
                entry = await self._acts.say(conversation, client_id, text)
                await self._send(type="ack", id=client_id, entry=entry)
            case {"type": "hand_back" | "close" as action, "conversation": str(conversation)}:
                await self._acts.finish(conversation, action)
            case {"type": "transfer", "conversation": str(conversation), "nurse": str(nurse)}:
                await self._acts.transfer(conversation, nurse=nurse)
            case {"type": "transfer", "conversation": str(conversation), "team": str(team)}:
                await self._acts.transfer(conversation, team=team)
            case {
                "type": "correct", "conversation": str(conversation), "entry": str(entry), "outcome": str(outcome),
                "text": str(text),
            }:  # fmt: skip
                await self._acts.correct(conversation, entry, outcome, text, frame.get("topic"))
            case {"type": "snooze", "conversation": str(conversation), "minutes": int(minutes)}:
                await self._acts.snooze(conversation, minutes)
            case _:
                raise ValueError("This frame is not one of the protocol.")

    async def _open_conversation(self, conversation: str) -> None:
        await self._conversations.state(conversation)
        await audit.record(self._conversations.redis, self._nurse.name, "open", conversation)
        if self._watcher:
            self._watcher.cancel()
        self._watcher = asyncio.create_task(self._watch_while_there(conversation))

    async def _stay_present(self) -> None:
        """An open socket is a nurse at the desk; the server's pings close it when the browser is gone."""
        while True:
            await self._presence.renew(self._nurse.name)
            await asyncio.sleep(self._rules.lease / 3)

    async def _watch_queue(self) -> None:
        shown = staff = ""
        with self._board.watch() as watcher:
            while True:
                try:
                    async with asyncio.timeout(self._rules.lease / 3):
                        await watcher.changed.wait()
                except TimeoutError:
                    watcher.staff = True  # who left says nothing
                watcher.changed.clear()
                if watcher.lost:
                    return
                if (queue := await self._board.frame(self._nurse.name)) != shown:
                    await self._socket.send_str(queue)
                    shown = queue
                for alert in _taken(watcher.alerts):
                    await self._send(**{name: alert[name] for name in ("type", "conversation", "acuity", "why")})
                if watcher.staff:
                    watcher.staff = False
                    if (now := _dumps(await self._about_staff())) != staff:
                        await self._socket.send_str(now)
                        staff = now
                await asyncio.sleep(_QUEUE_EVERY)

    async def _about_staff(self) -> dict[str, Any]:
        return {**await self._staff.frame(self._nurse), "summaries": self._summariser is not None}

    async def _watch_while_there(self, conversation: str) -> None:
        try:
            await self._watch_conversation(conversation)
        except MissingConversationError:  # erased: its words leave the screen too
            await self._send(type="gone", conversation=conversation)

    async def _watch_conversation(self, conversation: str) -> None:
        entries: list[Entry] = []
        shown: dict[str, Any] | None = None
        async with self._hub.listen(live_channel(conversation)) as signals:
            while True:
                if (await signals.get())["type"] == "working":
                    continue
                new = await self._conversations.entries(conversation, after=entries[-1].id if entries else "0-0")
                entries += new
                now = await self._about(conversation, entries)
                if shown is None:
                    wire = [entry.to_wire() for entry in entries]
                    await self._send(type="conversation", conversation=conversation, entries=wire, **now)
                else:
                    for entry in new:
                        await self._send(type="entry", conversation=conversation, entry=entry.to_wire())
                    if now != shown:
                        await self._send(type="state", conversation=conversation, **now)
                shown = now

    async def _about(self, conversation: str, entries: list[Entry]) -> dict[str, Any]:
        state = await self._conversations.state(conversation)
        rank = await self._conversations.redis.zrank(QUEUE, conversation) if state.owner == "queue" else None
        zone, position = self._rules.hours.team(state.team).zone, None if rank is None else rank + 1
        settings = {lang: Setting(lang, self._rules.region, zone, position) for lang in LANGS}
        return {
            "item": item(state, last_words(entries), self._rules) | mine(state, self._nurse.name),
            "note": {lang: sbar(state, entries, setting).to_wire() for lang, setting in settings.items()},
            **by_answer(await self._conversations.marks(conversation)),
        }

    async def _summarise(self, conversation: str, lang: str) -> None:
        """Sent when it is there: the nurse does not wait for a model."""
        state, entries = await self._conversations.state(conversation), await self._conversations.entries(conversation)
        words = [entry.text for entry in entries if entry.sender == "patient"]
        note = sbar(state, entries, Setting(lang, self._rules.region))
        written = await self._summariser.write(note, words, lang) if self._summariser else []
        await self._send(type="summary", conversation=conversation, lang=lang, sentences=written)

    async def _error(self, frame: dict[str, Any], code: str, message: str) -> None:
        await self._send(type="error", id=frame.get("id"), code=code, message=message)

    async def _send(self, **frame: object) -> None:
        await self._socket.send_json(frame, dumps=_dumps)


def _taken(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken = list(alerts)
    alerts.clear()
    return taken


def _frame(text: str) -> dict[str, Any]:
    frame = json.loads(text) if text else None
    if not isinstance(frame, dict):
        raise ValueError("The frame is not a JSON object.")
    return frame


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
