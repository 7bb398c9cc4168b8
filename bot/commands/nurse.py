"""`careline nurse`: the accounts of the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from redis.exceptions import RedisError

from bot.conversation.connection import connect
from bot.desk.accounts import AccountError, Accounts
from bot.settings import Settings

nurse_app = typer.Typer(help="The nurses who may log in to the desk: add, list, disable.", no_args_is_help=True)


@nurse_app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the nurse logs in with: a-z, 0-9, dot, dash, underscore.")],
    display_name: Annotated[str, typer.Option("--display-name", "-d", help="What patients see, e.g. 'Nurse Okafor'.")],
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given."),
    ],
) -> None:
    """Add a nurse. The password is asked for, and kept as an argon2 hash."""

    async def act(accounts: Accounts) -> None:
        nurse = await accounts.add(name, display_name, password)
        typer.echo(f"{nurse.name} can log in to the desk; patients see '{nurse.display_name}'.")

    _run(act)


@nurse_app.command(name="list")
def list_() -> None:
    """List the accounts."""

    async def act(accounts: Accounts) -> None:
        for nurse in await accounts.list():
            typer.echo(f"{nurse.name:<20} {nurse.display_name}{'   (disabled)' if nurse.disabled else ''}")

    _run(act)


@nurse_app.command()
def disable(name: Annotated[str, typer.Argument(help="The nurse's log-in name.")]) -> None:
    """Lock an account. Open log-ins end within seconds; the account stays in the audit."""

    async def act(accounts: Accounts) -> None:
        await accounts.disable(name)
        typer.echo(f"{name} can no longer log in.")

    _run(act)


def _run(act: Callable[[Accounts], Awaitable[None]]) -> None:
    try:
        asyncio.run(_with_accounts(act))
    except AccountError as error:
        _fail(str(error))
    except (RedisError, OSError):
        _fail("Redis is not reachable: start Careline first (`make run`), or set REDIS_URL.")


async def _with_accounts(act: Callable[[Accounts], Awaitable[None]]) -> None:
    redis = connect(Settings().redis_url)
    try:
        await act(Accounts(redis))
    finally:
        await redis.aclose()


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
