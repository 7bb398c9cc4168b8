"""`careline knowledge check`: what editors have to look at in the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

import aiohttp
import typer

from actions.answering.pages import Page
from actions.answering.review import Finding, review
from actions.settings import Settings
from bot.system.terminal import Terminal

_AT_ONCE = 8
_LIMIT = 20.0
_GONE = (404, 410)


def check(
    sources: Annotated[
        bool, typer.Option("--sources", help="Open all sources' addresses too (needs the net).")
    ] = False,
) -> None:
    """Look for broken pages, reviews that ran out, missing translations, names that two pages share, dead sources.

    Broken pages, reviews that ran out and dead sources are errors: the exit status is 1. The rest is shown.
    """
    terminal = Terminal()
    pages, findings = review(Settings().knowledge, date.today())  # noqa: DTZ011 - the editor's own day
    if sources:
        findings += asyncio.run(dead_sources(pages))
    for finding in findings:
        (terminal.failed if finding.error else terminal.warn)(finding.text)
    errors = sum(finding.error for finding in findings)
    terminal.line(f"{len(pages)} pages can be read; {errors} errors, {len(findings) - errors} to look at.")
    raise typer.Exit(1 if errors else 0)


async def dead_sources(pages: Iterable[Page]) -> list[Finding]:
    """Sources whose address is gone (an error), or could not be opened from here."""
    named: dict[str, list[str]] = {}
    for page in pages:
        for source in page.sources:
            named.setdefault(source.url, []).append(page.path)
    few = asyncio.Semaphore(_AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=_LIMIT)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "Careline source check"}) as http:
        said = await asyncio.gather(*(_opened(http, url, few) for url in named))
    return [finding for url, status in zip(named, said, strict=True) for finding in _told(url, status, named[url])]


async def _opened(http: aiohttp.ClientSession, url: str, few: asyncio.Semaphore) -> int | str:
    """The status that an address answers with, or what kept it from answering."""
    async with few:
        try:
            async with http.get(url, allow_redirects=True) as reply:
                return reply.status
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as problem:
            return type(problem).__name__


def _told(url: str, status: int | str, paths: list[str]) -> Iterator[Finding]:
    if isinstance(status, int) and status < 400:
        return
    what = "is gone" if status in _GONE else "could not be opened"
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    yield Finding(status in _GONE, f"{paths[0]}{more}: the source {url} {what} ({status}).")
