"""The desk's addresses: log-in, and the socket on which a nurse works (docs/protocol.md, "Nurse: desk")."""

from __future__ import annotations

import asyncio
import json
import logging
from urllib.parse import urlsplit

from aiohttp import web
from redis.exceptions import RedisError

from bot.conversation.live import Hub
from bot.conversation.store import Conversations
from bot.desk import audit
from bot.desk.accounts import Accounts, Nurse
from bot.desk.acts import NurseActs
from bot.desk.sessions import Sessions, TooManyTriesError
from bot.desk.socket import NurseSocket
from bot.desk.staff import Staff
from bot.handoff.board import Board
from bot.handoff.presence import Presence
from bot.handoff.rules import HandoffRules
from bot.handoff.summary import Summariser
from bot.handoff.waits import Waits

log = logging.getLogger(__name__)

_COOKIE = "careline_desk"
_FRAME_BYTES = 64 * 1024


class Desk:
    """Routes of the nurses' application. `public_url`: where browsers see it, None for the request's own host;
    `summariser`: set where a model may write summaries."""

    def __init__(
        self,
        conversations: Conversations,
        hub: Hub,
        board: Board,
        sessions: Sessions,
        accounts: Accounts,
        presence: Presence,
        waits: Waits,
        rules: HandoffRules,
        public_url: str | None,
    ) -> None:
        self.summariser: Summariser | None = None
        self._conversations = conversations
        self._hub = hub
        self._board = board
        self._sessions = sessions
        self._accounts = accounts
        self._presence = presence
        self._waits = waits
        self._rules = rules
        self._public_url = public_url

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Put the desk's addresses into the server's."""
        router.add_post("/desk/api/login", self.log_in)
        router.add_post("/desk/api/logout", self.log_out)
        router.add_get("/desk/api/me", self.me)
        router.add_get("/desk/api/socket", self.socket)

    async def log_in(self, request: web.Request) -> web.Response:
        """Open a session."""
        self._require_same_origin(request)
        try:
            body = await request.json()
            name, password = str(body["name"]), str(body["password"])
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": "name and password are needed, as JSON"}, status=400)
        try:
            opened = await self._sessions.log_in(name, password, request.remote or "")
        except TooManyTriesError:
            return web.json_response({"error": "too many tries: wait five minutes"}, status=429)
        if opened is None:
            return web.json_response({"error": "name or password is wrong"}, status=401)
        key, nurse = opened
        await audit.record(self._conversations.redis, nurse.name, "log_in")
        response = web.json_response(_me(nurse))
        response.set_cookie(
            _COOKIE, key, httponly=True, samesite="Strict", path="/desk", max_age=self._sessions.seconds,
            secure=(self._public_url or "").startswith("https:"),
        )  # fmt: skip
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session."""
        self._require_same_origin(request)
        await self._sessions.log_out(request.cookies.get(_COOKIE))
        response = web.Response(status=204)
        response.del_cookie(_COOKIE, path="/desk")
        return response

    async def me(self, request: web.Request) -> web.Response:
        """Who is logged in."""
        nurse = await self._sessions.nurse(request.cookies.get(_COOKIE))
        return web.json_response(_me(nurse)) if nurse else web.json_response({"error": "not logged in"}, status=401)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Serve one nurse's socket until it closes or the log-in ends."""
        self._require_same_origin(request)
        key = request.cookies.get(_COOKIE)
        nurse = await self._sessions.nurse(key)
        if nurse is None:
            return web.json_response({"error": "not logged in"}, status=401)
        # a browser that is gone misses a ping, so that its nurse's presence is not renewed for it
        socket = web.WebSocketResponse(heartbeat=min(20.0, self._rules.lease / 3), max_msg_size=_FRAME_BYTES)
        await socket.prepare(request)
        desk = self._at_work(nurse, socket)
        guard = asyncio.create_task(self._close_when_over(socket, key))
        try:
            await desk.serve()
        except (RedisError, OSError):
            log.warning("a nurse's socket was closed: the store is away")
        finally:
            guard.cancel()
            await socket.close()
        return socket

    def _at_work(self, nurse: Nurse, socket: web.WebSocketResponse) -> NurseSocket:
        acts = NurseActs(self._conversations, self._accounts, self._presence, self._waits, self._rules, nurse)
        staff = Staff(self._accounts, self._presence, self._rules)
        return NurseSocket(
            self._conversations, self._hub, self._board, staff, self._presence, acts, self._rules, self.summariser,
            socket, nurse,
        )  # fmt: skip

    async def _close_when_over(self, socket: web.WebSocketResponse, key: str | None) -> None:
        while True:
            await asyncio.sleep(15)
            try:
                if await self._sessions.nurse(key) is None:
                    await socket.close(code=4401, message=b"the log-in is over")
                    return
            except (RedisError, OSError):
                continue

    def _require_same_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        own = {request.host, urlsplit(self._public_url or "").netloc}
        if not origin or urlsplit(origin).netloc not in own:
            raise web.HTTPForbidden(text=json.dumps({"error": "not from this site"}), content_type="application/json")


def _me(nurse: Nurse) -> dict[str, str]:
    return {"name": nurse.name, "display_name": nurse.display_name}
