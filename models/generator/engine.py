"""The generator at work: takes requests from the event loop, writes replies in the worker, sends them as they grow."""

from __future__ import annotations

import contextlib
import logging
import threading
import traceback
from collections import deque
from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from models.generator.backend import harmless
from models.generator.batch import Batch, Row
from models.generator.reply import Piece, Reply
from models.generator.sampling import Full, Sampling
from models.generator.text import TextStream

log = logging.getLogger(__name__)


class Writing(Reply):
    """A reply with what the worker has of it: its row in the batch, its longest length, its text so far."""

    def __init__(self, row: Row, limit: int, text: TextStream) -> None:
        super().__init__()
        self.row = row
        self.limit = limit
        self.text = text


class Generator:
    """A causal model with its tokenizer. `submit` is called from the event loop, `step` from the worker."""

    def __init__(self, model: Any, tokenizer: Any, context: int, batch: int, waiting: int) -> None:
        own = getattr(model.config, "max_position_embeddings", None) or context
        self.context = min(context, own)
        self._tokenizer = tokenizer
        self._batch = Batch(model)
        self._most = batch
        self._most_waiting = waiting
        self._ends = _ends(model, tokenizer)
        self._special = sorted({str(token) for token in tokenizer.added_tokens_decoder.values()}, key=len)
        self._lock = threading.Lock()
        self._waiting: deque[Writing] = deque()
        self._active: dict[Row, Writing] = {}

    def encode(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The prompt's tokens. ValueError when the model's chat template refuses the messages."""
        plain = [message | {"content": harmless(message["content"], self._special)} for message in messages]
        try:
            ids = self._tokenizer.apply_chat_template(plain, add_generation_prompt=True, return_dict=False)
        except TemplateError as error:
            raise ValueError("the model's chat template does not take these messages") from error
        return list(ids)

    def submit(self, prompt: list[int], limit: int, sampling: Sampling, stop: Sequence[str]) -> Reply:
        """Ask for a reply of at most `limit` tokens. Full when too many wait."""
        reply = Writing(Row(prompt, sampling), limit, TextStream(self._tokenizer, stop))
        with self._lock:
            if len(self._waiting) >= self._most_waiting:
                raise Full
            self._waiting.append(reply)
        return reply

    @property
    def busy(self) -> bool:
        """Whether there is something to write."""
        return bool(self._waiting or self._active)

    @property
    def load(self) -> tuple[int, int]:
        """Replies being written, and requests that wait."""
        return len(self._active), len(self._waiting)

    def step(self) -> None:
        """One token for every reply that is being written, and at most one new reply begun."""
        try:
            self._drop([row for row, reply in self._active.items() if reply.cancelled])
            if self._active:
                self._batch.step()
                self._tell()
            self._begin()
        except Exception as error:
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("the generator failed: %s\n%s", type(error).__name__, frames)
            self._fail()

    def _begin(self) -> None:
        while len(self._active) < self._most:
            with self._lock:
                reply = self._waiting.popleft() if self._waiting else None
            if reply is None:
                return
            if not reply.cancelled:
                self._active[reply.row] = reply
                self._batch.join(reply.row)
                self._tell([reply.row])
                return

    def _tell(self, rows: Sequence[Row] | None = None) -> None:
        """Send what is new, and let go of what is finished."""
        done = []
        for row in list(rows or self._active):
            reply = self._active[row]
            ended = row.tokens[-1] in self._ends
            full = len(row.tokens) >= reply.limit
            text = reply.text.push(row.tokens, last=ended or full)
            stopped = ended or reply.text.stopped
            reply.send(Piece(text, len(row.tokens), "stop" if stopped else "length" if full else None))
            if stopped or full:
                done.append(row)
        self._drop(done)

    def _drop(self, rows: Sequence[Row]) -> None:
        for row in rows:
            del self._active[row]
        if rows:
            self._batch.keep(list(self._active))

    def _fail(self) -> None:
        for row, reply in self._active.items():
            reply.send(Piece("", len(row.tokens), "failed"))
        self._active.clear()
        with contextlib.suppress(Exception):
            self._batch.keep([])


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """Tokens that end a reply: the tokenizer's, and those that the model's own generation settings name."""
    named = model.generation_config.eos_token_id
    listed = named if isinstance(named, list) else [named]
    return {token for token in (*listed, tokenizer.eos_token_id) if token is not None}
