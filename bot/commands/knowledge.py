"""`careline knowledge`: what answers are taken from: import it, check it, see what it lacks and what it got wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from actions.answering.library import Library, LibraryError, opened
from actions.answering.words import load_lexicons
from actions.importing.importer import Busy, Collection, Counts, alone, bring_up_to_date
from actions.importing.kinds import KINDS, Kind
from actions.settings import Settings
from bot.commands.knowledge_check import check
from bot.commands.knowledge_corrections import corrections
from bot.commands.knowledge_gaps import gaps
from bot.commands.knowledge_index import index, index_all
from bot.system.terminal import Terminal

knowledge_app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What answers are taken from: import, check, gaps, corrections."
)
knowledge_app.command(name="index")(index)
knowledge_app.command(name="check")(check)
knowledge_app.command(name="gaps")(gaps)
knowledge_app.command(name="corrections")(corrections)
_SHOWN = 20
"""Faults that are shown; the rest are counted."""


@knowledge_app.callback()
def knowledge() -> None:
    """What answers are taken from: import it, check it, see what it lacks."""


@knowledge_app.command(name="import")
def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"What it is: {', '.join(KINDS)}.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file or folder to read.", exists=True)],
    name: Annotated[str, typer.Option(help="Name of the collection; unset: made of KIND and PATH.")] = "",
    source: Annotated[str, typer.Option(help="Whose it is, as patients see it; faq and folder need it.")] = "",
    licence: Annotated[str, typer.Option(help="What its licence wants shown with each passage.")] = "",
    url: Annotated[str, typer.Option(help="Web address of a folder: a file's own path is put behind it.")] = "",
    lang: Annotated[str, typer.Option(help="en or zh, where the source does not say; unset: by its text.")] = "",
    region: Annotated[str, typer.Option(help="Whose health service it speaks of (GB, US ...).")] = "",
    vectors: Annotated[bool, typer.Option(help="Compute the passages' vectors as well.")] = True,
) -> None:
    """Take a source in, or bring what was taken in before up to date.

    Only what changed is read again, and what is gone from the source is let go. Stopped or killed, the next run goes
    on from there. Each document that cannot be read is named with its place; the others are taken in, and the exit
    status is 1.

    The running Careline sees it after `careline restart actions`.
    """
    settings = Settings()
    chosen = _kind(kind)
    if not (source or chosen.source):
        _fail(f"Say whose this is with --source: patients are shown it under every answer from {path}.")
    collection = Collection(
        name or _name(kind, path), kind, path, source or chosen.source, licence or chosen.licence,
        region or chosen.region, lang, url,
    )  # fmt: skip
    counts = _import(settings, collection, chosen)
    if vectors and (counts.added or counts.changed or counts.removed or counts.unchanged):
        asyncio.run(index_all(settings, Terminal()))
    if counts.faults:
        raise typer.Exit(1)


@knowledge_app.command(name="list")
def list_() -> None:
    """What was imported."""
    with _library(Settings()) as library:
        for each in library.holdings():
            state = "" if each.whole else "  (not finished: import it again)"
            typer.echo(
                f"{each.name:<24} {each.kind:<12} {each.documents:>8,} documents {each.passages:>9,} passages  "
                f"{each.path}{state}"
            )


@knowledge_app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A collection's name, as `list` shows it.")],
) -> None:
    """Let a whole collection go."""
    settings = Settings()
    try:
        with alone(settings.imported_folder), _library(settings) as library:
            if not library.remove(name):
                _fail(f"There is no collection '{name}': `careline knowledge list` shows them.")
            library.commit()
    except Busy:
        _fail("An import is running: try again when it is done.")
    typer.echo(f"{name} is removed. The running Careline knows after `careline restart actions`.")


def _import(settings: Settings, collection: Collection, kind: Kind) -> Counts:
    terminal = Terminal()
    terminal.begin(f"Import {collection.name}")
    try:
        with alone(settings.imported_folder), _library(settings) as library:
            counts = bring_up_to_date(library, collection, kind, lambda now: terminal.progress(_told(now)))
    except Busy:
        _fail("Another import is running: start this one when it is done.")
    except KeyboardInterrupt:
        terminal.line("  Stopped. What was read is kept; the same command goes on from there.")
        raise typer.Exit(130) from None
    for fault in counts.faults[:_SHOWN]:
        terminal.failed(fault)
    if len(counts.faults) > _SHOWN:
        terminal.failed(f"and {len(counts.faults) - _SHOWN:,} more")
    tell = terminal.warn if counts.faults else terminal.done
    tell(f"{collection.name} · {terminal.elapsed:.1f} s · {_told(counts)}")
    return counts


def _told(counts: Counts) -> str:
    parts = [
        f"{counts.read:,} documents: {counts.added:,} new, {counts.changed:,} changed, {counts.unchanged:,} unchanged",
        f"{counts.passages:,} passages written" if counts.passages else "",
        f"{counts.removed:,} removed" if counts.removed else "",
        f"{counts.empty:,} without text" if counts.empty else "",
        f"{counts.repeated:,} repeated" if counts.repeated else "",
        f"{counts.left_out:,} sentences too long to be shown" if counts.left_out else "",
        f"{len(counts.faults):,} faults" if counts.faults else "",
    ]
    return ", ".join(filter(None, parts))


def _kind(name: str) -> Kind:
    if name not in KINDS:
        _fail(f"There is no kind '{name}': choose from {', '.join(KINDS)}.")
    return KINDS[name]


def _name(kind: str, path: Path) -> str:
    stem = re.sub(r"[^a-z0-9\u3400-\u9fff]+", "-", path.resolve().stem.lower()).strip("-")
    return f"{kind}-{stem}" if stem and stem != kind else kind


@contextmanager
def _library(settings: Settings) -> Iterator[Library]:
    try:
        with opened(settings.imported_folder, load_lexicons(settings.knowledge)) as library:
            yield library
    except LibraryError as problem:
        _fail(str(problem))


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
