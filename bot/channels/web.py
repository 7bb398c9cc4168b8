"""The web channel: the widget's socket (docs/protocol.md, "Patient: web")."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from functools import partial
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from redis.exceptions import RedisError

from bot.channels.base import Intake, Message, RefusedError
from bot.conversation.entry import Entry, entry_order
from bot.conversation.live import RESYNC, Hub, Signal
from bot.conversation.state import State
from bot.conversation.store import MissingConversationError, live_channel, partial_channel
from bot.conversation.tasks import end
from bot.handoff.outlook import Outlook
from bot.triage import region_contacts

log = logging.getLogger(__name__)

_HELLO_WITHIN = 10.0
_FRAME_BYTES = 64 * 1024
_LANGS = ("en", "zh")
_POSITION_EVERY = 10.0


class WebChannel:
    """Routes of the patient's web chat. `per_minute`: messages that one conversation may send."""

    def __init__(self, intake: Intake, hub: Hub, outlook: Outlook, per_minute: int) -> None:
        self._intake = intake
        self._hub = hub
        self._outlook = outlook
        self._per_minute = per_minute

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Put this channel's addresses into the server's."""
        router.add_post("/api/conversations", self.create)
        router.add_get("/api/patient/socket", self.socket)

    async def create(self, request: web.Request) -> web.Response:
        """Start a conversation."""
        try:
            body = await request.json() if request.can_read_body else {}
            lang = body.get("lang", "en")
        except (ValueError, AttributeError):
            return web.json_response({"error": "the body is not a JSON object"}, status=400)
        if lang not in _LANGS:
            return web.json_response({"error": "lang must be 'en' or 'zh'"}, status=400)
        try:
            conversation, token = await self._intake.conversations.create("web", lang)
        except (RedisError, OSError):
            return web.json_response({"error": "no conversation can be started at present"}, status=503)
        return web.json_response({"conversation": conversation, "token": token}, status=201)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one patient's socket until it closes."""
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=_FRAME_BYTES)
        await socket.prepare(request)
        try:
            hello = await self._hello(socket)
            if hello:
                await PatientSocket(self._intake, self._hub, self._outlook, socket, hello, self._per_minute).serve()
        except (RedisError, OSError):
            await self._without_store(socket)
        except MissingConversationError:
            await _error(socket, "unauthorised", "This conversation is not known.")
        finally:
            await socket.close()
        return socket

    async def _without_store(self, socket: web.WebSocketResponse) -> None:
        """Nobody can be recognised and nothing kept, but an emergency is answered. Ends when the store is back."""
        log.warning("a patient is served without the store")
        back = asyncio.create_task(self._close_when_store_is_back(socket))
        try:
            async for message in socket:
                match _frame_or_none(message.data):
                    case {"type": "say", "id": str(client_id), "text": str(text)}:
                        if advice := self._intake.emergency_advice(Message(client_id, text)):
                            await _send_unsaved(socket, advice)
                        await _error(socket, "not_stored", "Not stored yet: please send it again.", client_id)
        finally:
            back.cancel()

    async def _close_when_store_is_back(self, socket: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(RedisError, OSError):
                await self._intake.conversations.redis.ping()
                await socket.close(code=WSCloseCode.SERVICE_RESTART)
                return

    async def _hello(self, socket: web.WebSocketResponse) -> dict[str, Any] | None:
        try:
            hello = _frame(await socket.receive_str(timeout=_HELLO_WITHIN))
            conversation, token, since = hello["conversation"], hello["token"], hello.get("since") or "0-0"
            entry_order(since)
            known = await self._intake.conversations.authorise(str(conversation), str(token))
        except (TimeoutError, TypeError, ValueError, KeyError):
            await _error(socket, "bad_frame", "The first frame must be a hello.")
            return None
        if not known:
            await _error(socket, "unauthorised", "This conversation is not known, or the token does not open it.")
            return None
        return {"conversation": str(conversation), "since": since}


class PatientSocket:
    """One open socket of one conversation: reads frames, and sends what the log and the hub bring."""

    def __init__(
        self,
        intake: Intake,
        hub: Hub,
        outlook: Outlook,
        socket: web.WebSocketResponse,
        hello: dict[str, Any],
        per_minute: int,
    ) -> None:
        self._intake = intake
        self._hub = hub
        self._outlook = outlook
        self._socket = socket
        self._conversation: str = hello["conversation"]
        self._cursor: str = hello["since"]
        self._per_minute = per_minute
        self._shown: dict[str, Any] = {}

    async def serve(self) -> None:
        """Until the patient leaves or the store goes away."""
        state = await self._intake.conversations.state(self._conversation)
        await self._send(
            type="welcome", owner=state.owner, lang=state.lang, nurse=state.nurse_name, limit=self._intake.limit,
            contacts=self._contacts(state.lang),
        )  # fmt: skip
        tasks = [asyncio.create_task(job()) for job in (self._read, self._write)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for error in await end(tasks):
                if error and not isinstance(error, RedisError | OSError):
                    log.error("a patient's socket failed: %s", type(error).__name__)

    async def _read(self) -> None:
        # The store takes a socket's messages in the order they were sent, so each is finished before the next.
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                await self._send(type="error", code="bad_frame", message="Frames are JSON text.")
                continue
            try:
                frame = _frame(message.data)
            except ValueError as error:
                await self._send(type="error", code="bad_frame", message=str(error))
                continue
            try:
                await self._obey(frame)
            except RefusedError as error:
                await self._send(type="error", id=frame.get("id"), code=error.code, message=str(error))

    async def _obey(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"type": "say", "id": str(client_id), "text": str(text), **rest} if 0 < len(client_id) <= 64:
                message = Message(client_id, text, _button(rest.get("button")))
                show = partial(_send_unsaved, self._socket)
                taken = await self._intake.take(self._conversation, message, show, self._per_minute)
                await self._send(type="ack", id=client_id, entry=taken.entry, duplicate=taken.duplicate)
            case {"type": "want_human", "id": str(client_id)}:
                await self._intake.want_human(self._conversation, client_id)
                await self._send(type="ack", id=client_id, entry=None, duplicate=False)
            case {"type": "leave_queue", "id": str(client_id)}:
                await self._intake.leave_queue(self._conversation, client_id)
                await self._send(type="ack", id=client_id, entry=None, duplicate=False)
            case {"type": "close", "id": str(client_id)}:
                await self._intake.close(self._conversation, client_id)
                await self._send(type="ack", id=client_id, entry=None, duplicate=False)
            case {"type": "lang", "lang": "en" | "zh" as lang}:
                await self._intake.choose_language(self._conversation, lang)
            case _:
                raise RefusedError("bad_frame", "This frame is not one of the protocol.")

    async def _write(self) -> None:
        channels = (live_channel(self._conversation), partial_channel(self._conversation))
        async with self._hub.listen(*channels) as signals:
            while True:
                signal = await self._next(signals)
                try:
                    await self._pass_on(signal)
                except RedisError:  # the hub sends a resync when the store is back
                    log.warning("conversation %s: the store is away", self._conversation)

    async def _next(self, signals: asyncio.Queue[Signal]) -> Signal:
        """The next signal; who waits is told their position anew now and then, as others go before them."""
        try:
            async with asyncio.timeout(_POSITION_EVERY if self._shown.get("owner") == "queue" else None):
                return await signals.get()
        except TimeoutError:
            return RESYNC

    async def _pass_on(self, signal: Signal) -> None:
        if signal.get("channel") == partial_channel(self._conversation):
            if self._is_current(signal):
                await self._send(type="partial", **{k: signal.get(k) for k in ("turn", "seq", "sentence", "citations")})
        elif signal["type"] == "working":
            if self._is_current(signal):
                await self._send(type="working", turn=signal["turn"])
        else:
            await self._catch_up()

    def _is_current(self, signal: Signal) -> bool:
        return self._shown.get("owner") == "bot" and self._shown.get("epoch") == signal.get("epoch")

    async def _catch_up(self) -> None:
        for entry in await self._intake.conversations.entries(self._conversation, after=self._cursor):
            self._cursor = entry.id
            await self._send(type="entry", entry=entry.to_wire())
        state = await self._intake.conversations.state(self._conversation)
        shown = await self._visible(state)
        if shown != self._shown:
            self._shown = shown
            await self._send(type="state", **{k: v for k, v in shown.items() if k != "epoch"})

    async def _visible(self, state: State) -> dict[str, Any]:
        return {
            "owner": state.owner, "nurse": state.nurse_name, "acuity": state.acuity, "lang": state.lang,
            "epoch": state.epoch, "contacts": self._contacts(state.lang), **await self._outlook.of(state),
        }  # fmt: skip

    def _contacts(self, lang: str) -> list[dict[str, str]]:
        return [{"label": c.label, "number": c.number} for c in region_contacts(self._intake.region, lang)]

    async def _send(self, **frame: object) -> None:
        await self._socket.send_json(frame, dumps=_dumps)


def _frame(text: str) -> dict[str, Any]:
    try:
        frame = json.loads(text)
    except ValueError:
        raise ValueError("The frame is not JSON.") from None
    if not isinstance(frame, dict):
        raise ValueError("The frame is not a JSON object.")
    return frame


def _frame_or_none(text: object) -> dict[str, Any] | None:
    try:
        return _frame(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _button(value: object) -> tuple[str, int] | None:
    match value:
        case {"entry": str(entry), "index": int(index)}:
            try:
                entry_order(entry)
            except ValueError:
                return None
            return entry, index
    return None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def _send_unsaved(socket: web.WebSocketResponse, advice: Entry) -> None:
    frame = {"type": "unsaved_advice", "id": advice.client_id, "text": advice.text, "advice": advice.advice}
    await socket.send_json(frame, dumps=_dumps)


async def _error(socket: web.WebSocketResponse, code: str, message: str, frame_id: str | None = None) -> None:
    frame = {"type": "error", "code": code, "message": message}
    await socket.send_json({**frame, "id": frame_id} if frame_id else frame)
