"""What set-up and start show: one line per finished thing, and one live line for what is under way.

Standard library only, and readable by Python 3.8: the set-up uses it before any environment exists.
"""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

FRAME = 0.1
"""Seconds between two drawings of the live line."""
HEARTBEAT = 20.0
"""Seconds between signs of life where the output is a file and no line can be redrawn."""


def duration(seconds: float) -> str:
    """A length of time for people: `4.2 s`, `3 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


class Terminal:
    """Writes lines, and redraws the last one where the output is a terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.interactive = self.out.isatty()
        self._drawn = False
        self._last_beat = self._last_frame = time.monotonic()
        self._title, self._began = "", time.monotonic()

    def begin(self, title: str) -> None:
        """A step begins: its title and its clock lead the live line."""
        self._title, self._began = title, time.monotonic()
        self.progress()

    def progress(self, detail: str = "") -> None:
        """Show how far the step is."""
        clock = duration(self.elapsed) if self.elapsed >= 1 else ""
        self.live("  " + " · ".join(part for part in (self._title, clock, detail) if part))

    @property
    def elapsed(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self._began

    def finish(self) -> None:
        """The step is done: its line stays, with the time it took."""
        self.done(f"{self._title} · {duration(self.elapsed)}")

    def line(self, text: str = "") -> None:
        """Write a line that stays."""
        self._wipe()
        self.out.write(text + "\n")
        self.out.flush()
        self._last_beat = time.monotonic()

    def live(self, text: str) -> None:
        """Show what is under way; replaced by whatever is written next."""
        now = time.monotonic()
        if self.interactive and (now - self._last_frame > FRAME or not self._drawn):
            self._last_frame = now
            width = shutil.get_terminal_size().columns - 1
            self.out.write("\r\x1b[2K" + text[:width])
            self.out.flush()
            self._drawn = True
        elif not self.interactive and now - self._last_beat > HEARTBEAT:
            self.line(text)

    def done(self, text: str) -> None:
        """Write a line for something that worked."""
        self.line("  " + self._colour("32", "✓") + " " + text)

    def failed(self, text: str) -> None:
        """Write the one sentence that says what is wrong and how to mend it."""
        self.line("  " + self._colour("31", "✗") + " " + text)

    def warn(self, text: str) -> None:
        """Write a line for something that works but wants attention."""
        self.line("  " + self._colour("33", "!") + " " + text)

    def clear(self) -> None:
        """Take the live line away."""
        self._wipe()
        self.out.flush()

    def _wipe(self) -> None:
        if self._drawn:
            self.out.write("\r\x1b[2K")
            self._drawn = False

    def _colour(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.interactive else text
