"""The chat server: all that patients and nurses connect to. `python -m bot.server` runs it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import uvloop
from aiohttp import web
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from bot.channels.base import Intake
from bot.channels.web import WebChannel
from bot.conversation.connection import BLOCKING_TIMEOUT, Client, connect
from bot.conversation.live import Hub
from bot.conversation.notices import load_notices
from bot.conversation.rasa import Rasa
from bot.conversation.readers import Classifier, LargeModel, Reader, Readers, Service, load_asking
from bot.conversation.second_reading import SecondReading
from bot.conversation.store import Conversations, now_ms
from bot.conversation.tasks import end
from bot.conversation.turn import TurnRules, take_turn
from bot.conversation.words_reader import WordsReader
from bot.conversation.worker import Worker
from bot.desk.accounts import Accounts
from bot.desk.routes import Desk
from bot.desk.sessions import Sessions
from bot.handoff.board import Board
from bot.handoff.notifier import Notifier
from bot.handoff.outlook import Outlook
from bot.handoff.presence import Presence
from bot.handoff.rules import Clock
from bot.handoff.sweeper import Sweeper
from bot.handoff.waits import Waits
from bot.pages import Pages, guard_headers
from bot.settings import Settings
from bot.sockets import OpenSockets, inherited_socket
from bot.triage import screen
from bot.waiting import handoff_rules, outside, summariser

log = logging.getLogger(__name__)

_SETTINGS = web.AppKey("settings", Settings)
_CONVERSATIONS = web.AppKey("conversations", Conversations)
_HUB = web.AppKey("hub", Hub)
_BLOCKING: web.AppKey[Client] = web.AppKey("blocking")
_BOARD = web.AppKey("board", Board)
_DESK = web.AppKey("desk", Desk)
_SWEEPER = web.AppKey("sweeper", Sweeper)
_WORKER = web.AppKey("worker", Worker)
_READERS = web.AppKey("readers", Readers)
_SECOND = web.AppKey("second", SecondReading)

DRAIN = 5.0
"""Seconds that turns at hand get to finish when the process is told to stop; others take up the rest."""


def build_app(settings: Settings, clock: Clock = now_ms) -> web.Application:
    """The chat server as an aiohttp application. Bad data files are found here, before a patient is."""
    load_notices()
    rules = handoff_rules(settings, clock)
    screen("warm up", region=settings.careline_region)
    app = web.Application(client_max_size=64 * 1024, middlewares=[_say_when_store_is_away])
    redis = connect(settings.redis_url)
    conversations, blocking = Conversations(redis), connect(settings.redis_url, BLOCKING_TIMEOUT)
    hub = Hub(connect(settings.redis_url, None))
    app[_SETTINGS], app[_CONVERSATIONS], app[_HUB], app[_BLOCKING] = settings, conversations, hub, blocking

    readers = Readers(_readers(settings), _words_reader(settings))
    second = SecondReading(conversations, readers, settings.careline_region, settings.readers_patience)
    app[_READERS], app[_SECOND] = readers, second
    intake = Intake(conversations, second, settings.careline_region, settings.careline_message_limit)
    accounts, presence, waits = Accounts(redis), Presence(redis, rules.lease, clock), Waits(redis, clock)
    sessions = Sessions(redis, accounts, settings.desk_session_hours)
    outlook, board = Outlook(redis, presence, waits, rules), Board(conversations, hub, rules)
    app[_BOARD], app[_SWEEPER] = board, Sweeper(conversations, presence, rules)
    WebChannel(intake, hub, outlook, settings.careline_messages_per_minute).add_routes(app.router)
    desk = Desk(conversations, hub, board, sessions, accounts, presence, waits, rules, settings.careline_public_url)
    desk.add_routes(app.router)
    app[_DESK] = desk
    Pages(settings.careline_allowed_origins).add_routes(app.router)
    app.router.add_get("/health", _health)
    sockets = OpenSockets()
    app.on_response_prepare.append(guard_headers)
    app.on_response_prepare.append(sockets.note)
    app.on_shutdown.append(lambda app: _drain(app, sockets))
    app.cleanup_ctx.append(_background)
    return app


def _readers(settings: Settings) -> list[Reader]:
    readers: list[Reader] = []
    if settings.classify_url:
        found = (settings.classify_url, settings.classify_model, settings.classify_api_key, settings.readers_limit)
        readers.append(Classifier(Service(*found)))
    if settings.reader_url:
        found = (settings.reader_url, settings.reader_model, settings.reader_api_key, settings.readers_limit)
        readers.append(LargeModel(Service(*found), load_asking()))
    return readers


def _words_reader(settings: Settings) -> WordsReader | None:
    if settings.words_reader is None:
        return None
    reader = WordsReader.load(settings.words_reader)
    if reader.problem:
        log.error("there is no reader by words: %s", reader.problem)
    return reader


@web.middleware
async def _say_when_store_is_away(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RedisError:
        return web.json_response({"error": "the store is away: try again in a moment"}, status=503)


async def _health(request: web.Request) -> web.Response:
    try:
        await request.app[_CONVERSATIONS].redis.ping()
    except (RedisError, OSError):
        return web.json_response({"status": "the store is away"}, status=503)
    return web.json_response({"status": "ok"})


async def _background(app: web.Application) -> AsyncIterator[None]:
    settings, conversations = app[_SETTINGS], app[_CONVERSATIONS]
    rules = TurnRules(settings.careline_region, settings.rasa_patience, settings.session_turns)
    async with aiohttp.ClientSession() as http:
        app[_READERS].attach(http)
        rasa = Rasa(http, settings.rasa_url, settings.rasa_token, settings.rasa_timeout)
        worker = Worker(
            conversations, app[_BLOCKING],
            lambda conversation, turn: take_turn(conversations, rasa, app[_SECOND], conversation, turn, rules),
            settings.turn_lease,
        )  # fmt: skip
        app[_WORKER] = worker
        app[_DESK].summariser = summariser(settings, http)
        notifier = Notifier(conversations.redis, app[_BLOCKING], outside(settings).destinations(http), now_ms)
        running = (app[_HUB], worker, app[_BOARD], app[_SWEEPER], notifier)
        tasks = [asyncio.create_task(each.run()) for each in running]
        for task in tasks:
            task.add_done_callback(_stop_if_failed)
        yield
        await worker.stop()
        await notifier.stop()
        await app[_SECOND].close()
        await end(tasks)
        await worker.give_up_leases()
        await app[_HUB].close()
    for client in (conversations.redis, app[_BLOCKING]):
        await client.aclose()


async def _drain(app: web.Application, sockets: OpenSockets) -> None:
    """Nobody is left with half a turn: clients go to another server while the turns at hand are finished."""
    await asyncio.gather(sockets.send_away(), app[_WORKER].drain(DRAIN))


def _stop_if_failed(task: asyncio.Task[None]) -> None:
    """A chat server that takes no turns is worse than one that is started again."""
    if not task.cancelled() and task.exception():
        log.critical("a background task failed: %s", type(task.exception()).__name__)
        raise SystemExit(1)


def main() -> None:
    """Run the chat server with the settings of the environment."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings()
    listening = inherited_socket()
    own = {"host": settings.careline_host, "port": settings.careline_port}
    web.run_app(
        build_app(settings), **({"sock": listening} if listening else own), path=settings.careline_health_socket,
        access_log=None, print=None, handler_cancellation=False, shutdown_timeout=2, loop=uvloop.new_event_loop(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
