"""Ending tasks that talk to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN = 0.2


async def end(tasks: Iterable[asyncio.Task[Any]]) -> list[BaseException | None]:
    """Cancel tasks until each has ended, and return what each ended with (None: nothing wrong).

    Again and again, because redis-py can turn a cancellation that meets a time limit into an error of its own, which
    the task takes for a store that is away.
    """
    every = list(tasks)
    while pending := [task for task in every if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_AGAIN)
    return [None if task.cancelled() else task.exception() for task in every]
