"""`careline knowledge corrections`: what patients found helpful, and what nurses corrected, as labelled examples."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.record import who, write
from bot.conversation.connection import connect
from bot.desk.audit import record as note
from bot.record.corrections import labelled_examples
from bot.record.database import migrate, open_database
from bot.record.feedback import Judged, count_feedback
from bot.record.settings import RecordSettings


def corrections(
    out: Annotated[str, typer.Option(help="A new file for the corrections, readable by its owner alone.")] = "",
) -> None:
    """Count what patients found helpful, by topic and language; with --out, write nurses' corrections as examples.

    The file has the form that `careline evaluate answers --set` reads: a JSON line for each corrected answer with the
    patient's question, the outcome that is right, and the nurse's text as "reference". Addresses, long numbers, dates
    and names told as names are blanked in both; other names are not, so read it before you pass it on. That somebody
    wrote it is audited. Without --out no text leaves the record.
    """
    settings = RecordSettings()
    engine = open_database(settings)
    try:
        migrate(engine)
        judged, examples = count_feedback(engine), labelled_examples(engine)
    except SQLAlchemyError as problem:
        typer.echo(f"The record's database is not reachable ({type(problem).__name__}): see RECORD_URL.", err=True)
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    typer.echo("\n".join(table(judged, len(examples))))
    if out:
        _audit(settings, len(examples))
        write(out, "\n".join(json.dumps(each, ensure_ascii=False) for each in examples))


def table(judged: Sequence[Judged], corrected: int) -> list[str]:
    """The figures for a terminal."""
    helpful, not_helpful = sum(one.helpful for one in judged), sum(one.not_helpful for one in judged)
    lines = [f"Answers found helpful: {helpful:,}, not helpful: {not_helpful:,}, corrected by nurses: {corrected:,}."]
    if judged:
        lines += ["", f"{'helpful':>7}  {'not':>7}  {'language':<9} topic"]
    return lines + [f"{one.helpful:>7,}  {one.not_helpful:>7,}  {one.lang:<9} {one.topic}" for one in judged]


def _audit(settings: RecordSettings, count: int) -> None:
    """Before anything is written: nobody takes texts out unseen."""

    async def tell() -> None:
        redis = connect(settings.redis_url)
        try:
            await note(redis, who(), "corrections", detail=f"examples {count}")
        finally:
            await redis.aclose()

    try:
        asyncio.run(tell())
    except (RedisError, OSError):
        typer.echo(
            "Nothing was written: Redis is not reachable for the audit. Start Careline, or set REDIS_URL.", err=True
        )
        raise typer.Exit(1) from None
