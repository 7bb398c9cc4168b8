"""`careline hazards`: the hazard log as a page."""

from __future__ import annotations

import typer

from bot.triage import DataError
from bot.triage.hazards import load, page


def hazards() -> None:
    """Print the hazard log (data/triage/hazards.yml) as a Markdown page.

    Each hazard with its cause, effect, risk at first, the controls, the tests that show them at work, and what remains.

    Try it:  careline hazards > hazards.md
    """
    try:
        typer.echo(page(load()))
    except DataError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
