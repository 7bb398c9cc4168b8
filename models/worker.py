"""The one thread that computes.

Two threads that both compute on all cores slow each other to a crawl, so everything with a matrix in it runs here:
short jobs (embeddings, scores) between two steps of the generator, one of each in turn. Neither starves the other, and
the event loop is never blocked.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Stepper(Protocol):
    """Long work, done in small steps."""

    @property
    def busy(self) -> bool:
        """Whether there is a step to do."""

    def step(self) -> None:
        """Do one. Must not raise: it reports failures to whom they concern."""


class Worker:
    """Runs jobs in their order, and in turn with them the steps of the attached stepper."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._jobs: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._stepper: Stepper | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._loop, name="models-worker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end after what it is doing."""
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, but no longer than that: a job cannot be interrupted."""
        self._thread.join(seconds)

    def attach(self, stepper: Stepper) -> None:
        """Do this stepper's work from now on."""
        with self._wake:
            self._stepper = stepper
            self._wake.notify()

    def nudge(self) -> None:
        """The stepper has got work."""
        with self._wake:
            self._wake.notify()

    async def run(self, job: Callable[[], T]) -> T:
        """The job's result; an abandoned job that has not begun is left out."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._wake:
            self._jobs.append((job, future))
            self._wake.notify()
        return await future

    def _loop(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or self._jobs or self._stepping)
                if self._stopped:
                    return
                job = self._jobs.popleft() if self._jobs else None
            if job:
                _do(*job)
            if self._stepper and self._stepper.busy:
                self._stepper.step()

    @property
    def _stepping(self) -> bool:
        return self._stepper is not None and self._stepper.busy


def _do(job: Callable[[], Any], future: asyncio.Future[Any]) -> None:
    if future.cancelled():
        return
    try:
        result = job()
    except Exception as error:
        problem = error
        _hand_over(future, lambda: future.set_exception(problem))
        return
    _hand_over(future, lambda: future.set_result(result))


def _hand_over(future: asyncio.Future[Any], settle: Callable[[], None]) -> None:
    # The loop is closed when the server stopped in the middle of a job: nobody waits for it any more.
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(lambda: None if future.done() else settle())
