"""The queue as the desks see it: read once per chat server, kept up to date by signals, shared by all desk sockets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from bot.conversation.live import RESYNC, Hub, Signal
from bot.conversation.state import State
from bot.conversation.store import DESK_CHANNEL, QUEUE, WITH_NURSE, Conversations, queue_score
from bot.handoff.queue import item, last_words, mine
from bot.handoff.rules import HandoffRules

log = logging.getLogger(__name__)

_AT_ONCE = 200
_BACKOFF = 0.5


@dataclass(slots=True, eq=False)
class Watcher:
    """One desk that watches. `changed`: look at the board again; `alerts`: what to ring for; `lost`: the store went."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    staff: bool = True
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    state: State
    item: dict[str, Any]
    text: str
    """The item as JSON, made once for all desks, without its closing brace."""

    @property
    def order(self) -> tuple[bool, int, str]:
        return self.state.owner != "queue", queue_score(self.state), self.state.id


class Board:
    """All that wait, then all that nurses have."""

    def __init__(self, conversations: Conversations, hub: Hub, rules: HandoffRules) -> None:
        self._conversations = conversations
        self._hub = hub
        self._rules = rules
        self._rows: dict[str, _Row] = {}
        self._sorted: list[_Row] = []
        self._watchers: set[Watcher] = set()
        self._loaded = asyncio.Event()

    async def run(self) -> None:
        """Follow the signals until cancelled; a store that is away is told to the watchers."""
        async with self._hub.listen(DESK_CHANNEL) as signals:
            while True:
                news = [await signals.get()]
                while not signals.empty():
                    news.append(signals.get_nowait())
                try:
                    await self._take(news)
                except (RedisError, OSError) as error:
                    log.warning("board: the store is away (%s)", type(error).__name__)
                    self._loaded.clear()
                    self._tell(lost=True)
                    await asyncio.sleep(_BACKOFF)
                    signals.put_nowait(RESYNC)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """A watcher; it is told at once."""
        watcher = Watcher()
        watcher.changed.set()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def frame(self, nurse: str) -> str:
        """The `queue` frame for one nurse; waits until the queue was read."""
        await self._loaded.wait()
        rows = (_for_nurse(row, nurse) for row in self._sorted)
        return f'{{"type": "queue", "items": [{", ".join(rows)}]}}'

    async def _take(self, news: list[Signal]) -> None:
        kinds = {signal["type"] for signal in news}
        if "resync" in kinds or not self._loaded.is_set():
            await self._read_all()
        else:
            await self._read({signal["conversation"] for signal in news if "conversation" in signal})
        self._tell(alerts=[signal for signal in news if signal["type"] == "alert"], staff="staff" in kinds)

    async def _read_all(self) -> None:
        redis = self._conversations.redis
        wanted = [*await redis.zrange(QUEUE, 0, -1), *await redis.zrange(WITH_NURSE, 0, -1)]
        self._rows = {}
        await self._read(wanted)
        self._loaded.set()

    async def _read(self, wanted: Collection[str]) -> None:
        ids = list(wanted)
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            for conversation, found in zip(part, await self._conversations.glance(part), strict=True):
                self._rows.pop(conversation, None)
                if found and found[0].owner in ("queue", "nurse"):
                    state, entries = found
                    shown = item(state, last_words(entries), self._rules)
                    self._rows[conversation] = _Row(state, shown, json.dumps(shown, ensure_ascii=False)[:-1])
        if ids:
            self._sorted = sorted(self._rows.values(), key=lambda row: row.order)

    def _tell(self, *, alerts: list[Signal] | None = None, staff: bool = False, lost: bool = False) -> None:
        for watcher in self._watchers:
            watcher.alerts += alerts or []
            watcher.staff |= staff
            watcher.lost |= lost
            watcher.changed.set()


def _for_nurse(row: _Row, nurse: str) -> str:
    own = mine(row.state, nurse)
    return f"{row.text}, {json.dumps(own)[1:-1]}}}"
