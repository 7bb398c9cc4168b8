"""The web channel: the widget's socket (docs/protocol.md, "Patient: web")."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random

from aiohttp import WSCloseCode, web
from redis.exceptions import RedisError

from bot.channels.base import Intake, Message
from bot.channels.frames import Frame, contacts_of, read_frame, send, send_error, send_unsaved
from bot.channels.patient_socket import Hello, PatientSocket, StoreAwayError
from bot.conversation.entry import entry_order
from bot.conversation.live import Hub
from bot.conversation.state import State
from bot.conversation.tasks import end
from bot.handoff.outlook import Outlook

log = logging.getLogger(__name__)

_HELLO_WITHIN = 10.0
_STORE_PATIENCE = 0.4
_LOOK_FOR_STORE_EVERY = (0.4, 1.2)
_NOT_STORED = "Not stored yet: it is sent again when the store is back."
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
            if hello := await self._hello(socket):
                await self._serve(socket, hello)
        except (RedisError, OSError, StoreAwayError):
            await self._without_store(socket)
        finally:
            await socket.close()
        return socket

    async def _hello(self, socket: web.WebSocketResponse) -> Hello | None:
        try:
            frame = read_frame(await socket.receive_str(timeout=_HELLO_WITHIN))
            hello = Hello(str(frame["conversation"]), str(frame["token"]), frame.get("since") or "0-0")
            entry_order(hello.since)
        except (TimeoutError, TypeError, ValueError, KeyError, AttributeError):
            await send_error(socket, "bad_frame", "The first frame must be a hello.")
            return None
        return hello

    async def _serve(self, socket: web.WebSocketResponse, hello: Hello) -> None:
        opening = asyncio.create_task(self._intake.conversations.open(hello.conversation, hello.token))
        try:
            await asyncio.wait({opening}, timeout=_STORE_PATIENCE)
            if not opening.done():  # a store that is slow, or hangs: an emergency must not wait for it
                await self._screen_until(opening, socket)
            state = await opening
        finally:
            await end([opening])
        if state is None:
            await send_error(socket, "unauthorised", "This conversation is not known, or the token does not open it.")
            return
        patient = PatientSocket(self._intake, self._hub, self._outlook, socket, hello, self._per_minute)
        await patient.serve(state)

    async def _screen_until(self, opening: asyncio.Task[State | None], socket: web.WebSocketResponse) -> None:
        screening = asyncio.create_task(self._screen_only(socket))
        await asyncio.wait({opening, screening}, return_when=asyncio.FIRST_COMPLETED)
        await end([screening])

    async def _without_store(self, socket: web.WebSocketResponse) -> None:
        """Nobody can be recognised and nothing kept, but an emergency is answered. Ends when the store is back.

        Nothing more is stored on this socket: its messages come again on the next one, in the patient's order.
        """
        log.warning("a patient is served without the store")
        back = asyncio.create_task(self._close_when_store_is_back(socket))
        try:
            await self._screen_only(socket)
        finally:
            back.cancel()

    async def _screen_only(self, socket: web.WebSocketResponse) -> None:
        """Until the patient leaves: say that nothing is kept, and give advice on what is an emergency."""
        with contextlib.suppress(OSError):  # the patient is gone
            contacts = contacts_of(self._intake.region, "en")  # pages take the numbers and have words of their own
            await send(socket, type="error", code="not_stored", message=_NOT_STORED, contacts=contacts)
            async for message in socket:
                match _frame_or_none(message.data):
                    case {"type": "say", "id": str(client_id), "text": str(text)}:
                        if advice := self._intake.emergency_advice(Message(client_id, text)):
                            await send_unsaved(socket, advice)
                        await send_error(socket, "not_stored", _NOT_STORED, client_id)
                    case {"id": str(client_id)}:
                        await send_error(socket, "not_stored", _NOT_STORED, client_id)

    async def _close_when_store_is_back(self, socket: web.WebSocketResponse) -> None:
        while True:
            await asyncio.sleep(random.uniform(*_LOOK_FOR_STORE_EVERY))  # noqa: S311 - so that not all come at once
            with contextlib.suppress(RedisError, OSError):
                await self._intake.conversations.redis.ping()
                await socket.close(code=WSCloseCode.SERVICE_RESTART)
                return


def _frame_or_none(text: object) -> Frame | None:
    try:
        return read_frame(text)
    except ValueError:
        return None
