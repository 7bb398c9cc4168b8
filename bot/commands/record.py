"""`careline record`: what remains of conversations: look at it, search it, count it, hand it out, erase it."""

from __future__ import annotations

import asyncio
import dataclasses
import getpass
import json
import os
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, NoReturn

import typer
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.connection import Client, connect
from bot.desk.audit import record as note
from bot.record import erasure, export, rebuilding, search, statistics, status
from bot.record.database import migrate, open_database
from bot.record.scrubbing import ScrubbingError
from bot.record.settings import RecordSettings
from bot.record.statistics_table import table
from bot.system.settings import without_password

record_app = typer.Typer(help="The record of conversations: search, statistics, export, erasure.", no_args_is_help=True)

Act = Callable[[Client, Engine], Awaitable[None]]
Conversation = Annotated[str, typer.Argument(help="The conversation's id.", metavar="CONVERSATION")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Days = Annotated[int, typer.Option(min=1, help="How many days back, today included.")]


@record_app.command(name="status")
def status_() -> None:
    """Whether the record is followed and how much it holds. Exit code 1 when it is not well."""
    settings = RecordSettings()

    async def act(redis: Client, engine: Engine) -> None:
        following, holdings = await status.following(redis), await status.holdings(engine)
        typer.echo(f"database       {_place(settings)} ({following.database})")
        typer.echo(f"process        {'lives' if following.process else 'is not running'}")
        typer.echo(f"behind         {following.behind:,} changes")
        for name, count in dataclasses.asdict(holdings).items() if holdings else ():
            typer.echo(f"{name:<14} {_moment(count) if name == 'swept' else f'{count:,}'}")
        if not (following.well and holdings and not holdings.failed):
            raise typer.Exit(1)

    _run(act, prepare=False)


@record_app.command()
def rebuild() -> None:
    """Make the record of all live conversations anew. What the record alone still has is kept."""

    async def act(redis: Client, engine: Engine) -> None:
        count = await rebuilding.rebuild(redis, engine, who())
        typer.echo(f"{count:,} live conversations were read again.")

    _run(act)


@record_app.command(name="search")
def search_(
    words: Annotated[str, typer.Argument(help="Words as they stand in a message; upper and lower case are alike.")],
    days: Days = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many messages, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Find messages by their words. That somebody searched is audited, the words are not."""

    async def act(redis: Client, engine: Engine) -> None:
        found = await asyncio.to_thread(search.search, engine, words, since=_since(days), limit=limit)
        await note(redis, who(), "search", detail=f"found {len(found)}")
        if as_json:
            typer.echo(_dump([dataclasses.asdict(each) for each in found]))
            return
        for each in found:
            unseen = "" if each.sent else " (not sent)"
            typer.echo(f"{each.conversation}  {_moment(each.at)}  {each.sender}{unseen}: {' '.join(each.text.split())}")
        typer.echo(f"{len(found)} messages.")

    _run(act)


@record_app.command(name="statistics")
def statistics_(days: Days = 7, as_json: AsJson = False) -> None:
    """Counts by acuity and outcome, waiting times, handoffs, by day. Holds no text."""

    async def act(_redis: Client, engine: Engine) -> None:
        now = datetime.now().astimezone()
        zone = now.tzinfo
        assert zone is not None  # noqa: S101
        counted = await asyncio.to_thread(statistics.compute, engine, _since(days), int(now.timestamp() * 1000), zone)
        typer.echo(_dump(counted) if as_json else "\n".join(table(counted)))

    _run(act)


@record_app.command(name="export")
def export_(
    conversation: Conversation,
    to: Annotated[str, typer.Option(help="The file to write, readable by its owner alone; `-`: the terminal.")],
) -> None:
    """Everything that is held of one conversation, as JSON. Audited."""

    async def act(redis: Client, engine: Engine) -> None:
        found = await export.export(redis, engine, conversation, who())
        if found is None:
            _fail(f"There is no conversation {conversation}.")
        write(to, _dump(found))

    _run(act)


@record_app.command()
def erase(
    conversations: Annotated[list[str], typer.Argument(help="Ids of conversations.", metavar="CONVERSATION...")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase conversations everywhere: live store, record, the files of both. Audited without text."""

    async def act(redis: Client, engine: Engine) -> None:
        known = await erasure.held(redis, engine, conversations)
        if unknown := [each for each in conversations if not known[each].known]:
            _fail(f"Nothing was erased: there is no conversation {', '.join(unknown)}.")
        for each in conversations:
            typer.echo(f"{each}  {known[each].messages} messages{', live' if known[each].live else ''}")
        if not yes:
            typer.confirm("Erase this for good?", abort=True)
        await erasure.erase(redis, engine, conversations, who())
        typer.echo("Erased. Copies that were made elsewhere (backups, exports) are not.")

    _run(act)


def _run(act: Act, *, prepare: bool = True) -> None:
    """Act on live store and record, whose schema is brought up to date first where `prepare` says so."""
    try:
        engine = open_database(RecordSettings())
    except OSError as error:
        _fail(f"The record's file cannot be opened ({error.strerror}): see CARELINE_STATE.")
    try:
        asyncio.run(_with_stores(act, engine, prepare))
    except (RedisError, OSError):
        _fail("Redis is not reachable: start Careline first (`make run`), or set REDIS_URL.")
    except SQLAlchemyError as error:
        _fail(f"The record's database is not reachable ({type(error).__name__}): see RECORD_URL.")
    except ScrubbingError as error:
        _fail(str(error))


async def _with_stores(act: Act, engine: Engine, prepare: bool) -> None:
    redis = connect(RecordSettings().redis_url)
    try:
        await redis.ping()
        if prepare:
            await asyncio.to_thread(migrate, engine)
        await act(redis, engine)
    finally:
        await redis.aclose()
        engine.dispose()


def write(to: str, text: str) -> None:
    """Write a new file, readable by its owner alone (`-`: the terminal), or end with what is in the way."""
    if to == "-":
        typer.echo(text)
        return
    try:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
            output.write(text + "\n")
    except OSError as error:
        _fail(f"{to} cannot be written: {error.strerror}.")
    typer.echo(f"Written to {to}.", err=True)


def _place(settings: RecordSettings) -> str:
    return without_password(settings.record_url) if settings.record_url else str(settings.file)


def _since(days: int) -> int:
    first = date.today() - timedelta(days=days - 1)  # noqa: DTZ011 - the operator's own day
    return int(datetime.combine(first, time.min).astimezone().timestamp() * 1000)


def _moment(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000).astimezone()
    return moment.isoformat(sep=" ", timespec="seconds") if milliseconds else "never"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=dataclasses.asdict)


def who() -> str:
    """Who sits at the terminal, for the audit."""
    return f"terminal:{getpass.getuser()}"


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
