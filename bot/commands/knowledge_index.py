"""`careline knowledge index`: the vectors of all passages, ahead of the first question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from actions.answering.assemble import assemble
from actions.answering.shelf import Shelf
from actions.answering.vectors import Progress
from actions.settings import Settings
from bot.commands.embeddings import embedder_for
from bot.system.terminal import Terminal
from bot.triage import DataError

Step = Callable[[Path, Progress], Awaitable[bool]]


def index(
    own: Annotated[bool, typer.Option("--own", help="Only our own pages' passages.")] = False,
) -> None:
    """Compute the vectors of passages that have none yet; killed, the next run goes on from there.

    The model server that runs is asked, or else the embedding model is loaded here. Where there is neither, passages
    are found by their words, and the exit status is 0.
    """
    try:
        asyncio.run(index_all(Settings(), Terminal(), imported=not own))
    except DataError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


async def index_all(settings: Settings, terminal: Terminal, *, imported: bool = True) -> None:
    """The vectors of our own pages' passages, then of what was imported, with what there is to see."""
    embedder = await embedder_for(settings)
    if embedder is None:
        terminal.warn("No embeddings can be had: passages are found by their words alone.")
        return
    parts = assemble(settings, embedder)
    try:
        await _index("own pages", parts.retriever.shelves, parts.retriever.index, settings, terminal)
        if imported:
            parts.take_imported()
            await _index("imported", parts.retriever.imported, parts.retriever.index_imported, settings, terminal)
    finally:
        await parts.http.close()
        await embedder.close()


async def _index(title: str, shelves: Mapping[str, Shelf], step: Step, settings: Settings, terminal: Terminal) -> None:
    if not (count := sum(len(shelf.passages) for shelf in shelves.values())):
        return
    terminal.begin(f"Vectors of {title}")
    if await step(settings.index, lambda done, of: terminal.progress(f"{done:,} of {of:,} passages")):
        terminal.done(f"Vectors of {title} · {terminal.elapsed:.1f} s · {count:,} passages")
    else:
        terminal.warn(f"Vectors of {title} are not complete: passages are found by their words alone.")
