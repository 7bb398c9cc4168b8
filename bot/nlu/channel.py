"""The one door of Rasa: `POST /webhooks/careline/webhook?token=...`, as docs/protocol.md has it."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import (  # type: ignore[import-not-found]
    CollectingOutputChannel,
    InputChannel,
    UserMessage,
)
from sanic import Blueprint, response  # type: ignore[import-not-found,unused-ignore]
from sanic.request import Request  # type: ignore[import-not-found,unused-ignore]
from sanic.response import HTTPResponse  # type: ignore[import-not-found,unused-ignore]

from bot.nlu import buttons, payload, redaction

LONGEST_TEXT = 4000  # characters; understanding costs time in proportion, on the event loop
LONGEST_SENDER = 200
SENT = ("text", "buttons", "custom")

log = logging.getLogger(__name__)
Handler = Callable[[UserMessage], Awaitable[Any]]


class BadRequest(ValueError):
    """The request cannot be a turn. The message never quotes the patient."""


@dataclass(frozen=True)
class Turn:
    """What the chat server asks of Rasa: one message or one press of a button."""

    sender: str
    text: str
    metadata: dict[str, Any]
    pressed: bool


def read_turn(body: object) -> Turn:
    """The turn in a request's JSON. Raises BadRequest with a sentence that says what is wrong."""
    if not isinstance(body, Mapping):
        raise BadRequest("the body must be a JSON object")
    sender, text, button = body.get("sender"), body.get("message"), body.get("button")
    metadata = body.get("metadata", {})
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER:
        raise BadRequest(f"sender must be a string of 1 to {LONGEST_SENDER} characters")
    if not isinstance(metadata, Mapping):
        raise BadRequest("metadata must be an object")
    if button is not None and not isinstance(button, str):
        raise BadRequest("button must be a string")
    if button is None and (not isinstance(text, str) or not text.strip()):
        raise BadRequest("message must be a string that is not blank")
    pressed = button is not None
    words = str(button if pressed else text)
    return Turn(sender, words[:LONGEST_TEXT], {**metadata, payload.PRESSED: pressed}, pressed)


class CarelineInput(InputChannel):  # type: ignore[misc]
    """The input channel named in credentials.yml."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        redaction.never_log(token)

    @classmethod
    def name(cls) -> str:
        return "careline"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> CarelineInput:
        """Raises ValueError without a token, or where a slash would still be read as a command."""
        if not buttons.installed():
            raise ValueError("start Rasa with `python -m bot.nlu.launcher`, else patients could give it commands")
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("RASA_TOKEN is not set: the channel needs a token")
        return cls(str(token))

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The two routes: a health check and the webhook."""
        routes = Blueprint("careline")

        @routes.route("/", methods=["GET"])  # type: ignore[untyped-decorator,unused-ignore]
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])  # type: ignore[untyped-decorator,unused-ignore]
        async def webhook(request: Request) -> HTTPResponse:
            return await self._answer(request, on_new_message)

        return routes

    async def _answer(self, request: Request, on_new_message: Handler) -> HTTPResponse:
        if not hmac.compare_digest(request.args.get("token", "").encode(), self._token):
            return _error(401, "the token is missing or wrong")
        try:
            turn = read_turn(_json(request))
            if turn.pressed:
                _check_button(turn.text, request.app.ctx.agent)
        except BadRequest as error:
            return _error(400, str(error))
        with redaction.withheld(turn.text.strip()):
            # Shielded: a caller that hangs up must not undo a turn half done.
            return await asyncio.shield(asyncio.ensure_future(_take(turn, on_new_message)))


async def _take(turn: Turn, on_new_message: Handler) -> HTTPResponse:
    collector = CollectingOutputChannel()
    try:
        await on_new_message(
            UserMessage(turn.text, collector, turn.sender, input_channel="careline", metadata=turn.metadata)
        )
    except Exception:
        log.exception("A turn failed.")
        return _error(500, "the turn failed")
    return response.json([{key: sent[key] for key in SENT if key in sent} for sent in collector.messages])


def _json(request: Request) -> object:
    try:
        return request.json
    except Exception as error:
        raise BadRequest("the body is not JSON") from error


def _check_button(text: str, agent: Any) -> None:
    if agent is None or agent.domain is None:
        raise BadRequest("no model is loaded")
    if payload.parse(text, agent.domain.intents, agent.domain.entities) is None:
        raise BadRequest("button is not a payload of this bot")


def _error(status: int, sentence: str) -> HTTPResponse:
    return response.json({"error": sentence}, status=status)
