"""Turns tokens into text as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_HALF = "\ufffd"


class TextStream:
    """Text of a growing row of tokens, without half characters and without what may yet become a stop string."""

    def __init__(self, tokenizer: Any, stop: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        self._stop = [text for text in stop if text]
        self._told = 0
        self.stopped = False

    def push(self, tokens: list[int], last: bool) -> str:
        """What can be told now that was not told before. `last`: nothing follows, so nothing is held back."""
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True)
        ends = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if ends:
            self.stopped = True
            return self._tell(text[: min(ends)])
        return self._tell(text if last else text[: self._sure(text)])

    def _sure(self, text: str) -> int:
        """How much of the text cannot change any more."""
        end = len(text.rstrip(_HALF))
        for stop in self._stop:
            for size in range(min(len(stop) - 1, end), 0, -1):
                if text[:end].endswith(stop[:size]):
                    end -= size
                    break
        return end

    def _tell(self, text: str) -> str:
        new = text[self._told :]
        self._told = max(self._told, len(text))
        return new
