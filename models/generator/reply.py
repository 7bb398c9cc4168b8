"""One reply in the making, seen from the event loop: its pieces arrive as they are written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Piece:
    """Some more text; with `finish`, the last."""

    text: str
    tokens: int
    """Tokens written so far."""
    finish: Literal["stop", "length", "failed"] | None = None


class Reply:
    """One reply in the making. Whoever stops reading calls `cancel`. To be made in the event loop that reads it."""

    def __init__(self) -> None:
        self.cancelled = False
        self.pieces: asyncio.Queue[Piece] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def cancel(self) -> None:
        """Nobody wants the rest."""
        self.cancelled = True

    def send(self, piece: Piece) -> None:
        """From another thread: hand a piece to the reader."""
        try:
            self._loop.call_soon_threadsafe(self.pieces.put_nowait, piece)
        except RuntimeError:  # the reader's event loop is closed
            self.cancelled = True
