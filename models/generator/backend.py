"""What writes the replies: torch in the worker's steps (engine.py) or llama.cpp in threads of its own (llamacpp.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from models.generator.reply import Reply
from models.generator.sampling import Sampling


class Backend(Protocol):
    """A generator at work. All but `step` is called from the event loop."""

    context: int
    """Tokens of prompt and reply together."""

    def encode(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The prompt's tokens. ValueError when the model's chat template refuses the messages."""

    def submit(self, prompt: list[int], limit: int, sampling: Sampling, stop: Sequence[str]) -> Reply:
        """Ask for a reply of at most `limit` tokens. Full when too many wait."""

    @property
    def load(self) -> tuple[int, int]:
        """Replies being written, and requests that wait."""

    @property
    def busy(self) -> bool:
        """Whether the worker has a step to do."""

    def step(self) -> None:
        """Do one, in the worker."""


def harmless(text: str, control: Iterable[str]) -> str:
    """The text with control tokens broken up, so that no message can pretend to be another one's."""
    for token in control:
        if token in text:
            text = text.replace(token, f"{token[:1]} {token[1:]}")
    return text
