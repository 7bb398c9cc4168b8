"""`careline knowledge gaps`: what was asked and not covered, by the topic that came nearest."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.record.database import migrate, open_database
from bot.record.gaps import Gaps, find_gaps
from bot.record.settings import RecordSettings


def gaps(
    days: Annotated[int, typer.Option(min=1, help="How many days back, today included.")] = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many topics, the most asked first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Count the questions that were not covered, by language and by the topic that came nearest. Holds no text.

    A topic that is often near lacks a section that patients ask for; `-`: no page came near. `careline record search`
    finds the questions themselves, for whoever may read them.
    """
    engine = open_database(RecordSettings())
    first = datetime.combine(date.today() - timedelta(days=days - 1), time.min).astimezone()  # noqa: DTZ011
    try:
        migrate(engine)
        found = find_gaps(engine, int(first.timestamp() * 1000))
    except SQLAlchemyError as problem:
        typer.echo(f"The record's database is not reachable ({type(problem).__name__}): see RECORD_URL.", err=True)
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    typer.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False) if as_json else table(found, limit))


def table(found: Gaps, limit: int) -> str:
    """The figures for a terminal."""
    lines = [f"{found.not_covered:,} of {found.asked:,} health questions were not covered."]
    if found.near:
        lines += ["", f"{'times':>7}  {'language':<9} nearest topic"]
    lines += [f"{gap.count:>7,}  {gap.lang:<9} {gap.topic}" for gap in found.near[:limit]]
    if len(found.near) > limit:
        lines.append(f"and {len(found.near) - limit:,} more")
    return "\n".join(lines)
