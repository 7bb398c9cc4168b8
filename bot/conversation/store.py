"""Conversations in Redis: each change is one atomic script, so that a crash leaves nothing half done."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.conversation.connection import Client
from bot.conversation.entry import Entry, is_entry_id
from bot.conversation.marks import Mark
from bot.conversation.state import State
from bot.triage import Acuity, Verdict

PREFIX = "careline:"
QUEUE = f"{PREFIX}queue"
WITH_NURSE = f"{PREFIX}with_nurse"
WORK = f"{PREFIX}work"
CLOCK = f"{PREFIX}clock"
"""Conversations that wait, by when their clock is to be looked at next (milliseconds since 1970; 0: now)."""
PRESENT = f"{PREFIX}present"
"""Nurses at the desk, by when their presence ends unless it is renewed."""
NOTIFY = f"{PREFIX}notify"
"""What people outside the desk are to be notified of."""
FEED = f"{PREFIX}feed"
DESK_CHANNEL = f"{PREFIX}desk"

PARTS = ("", "log", "ids", "pending", "verdicts", "unsent", "busy", "minute", "changes", "marks")
"""The keys of one conversation: its state, and what hangs on it."""

_COMMIT = (Path(__file__).parent / "commit.lua").read_text()
_RELEASE = """
local turn = redis.call('LINDEX', KEYS[1], 0)
if turn then return turn end
redis.call('DEL', KEYS[2]); redis.call('XACK', KEYS[3], ARGV[1], ARGV[2]); redis.call('XDEL', KEYS[3], ARGV[2])
return false
"""
_MAX_CONFLICTS = 50
_GLANCE = 12


class MissingConversationError(KeyError):
    """There is no conversation of this id."""


class TooFastError(Exception):
    """The conversation has had its messages of this minute: nothing was taken."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one step does to a conversation.

    state: the next state, None to leave it; entries go into the log, `unsent` are recorded and shown to nobody;
    alert: an acuity that the desk is alerted of, and `why` (docs/protocol.md); verdict: (entry id, verdict) that this
    change carries out, at most once; done: the pending turn that it finishes, at most once; notify: events for people
    outside the desk (no patient text); absent: (nurse, now in milliseconds): nothing happens if that nurse is there;
    note: the hand-over note that a new owner got; mark: what is said of an answer, in place of the same kind before.
    """

    state: State | None = None
    entries: tuple[Entry, ...] = ()
    unsent: tuple[Entry, ...] = ()
    alert: str | None = None
    why: str = "new"
    verdict: tuple[str, Verdict] | None = None
    done: str | None = None
    client_id: str | None = None
    notify: tuple[Mapping[str, Any], ...] = ()
    absent: tuple[str, int] | None = None
    note: str | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """status: ok, duplicate (client id or mark known), done (turn finished), settled (verdict known) or present."""

    status: str
    state: State
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as one message sees it. `entries`: the last ones up to and with it, oldest first."""

    state: State
    entries: tuple[Entry, ...]
    verdict: Verdict | None


class Conversations:
    """All conversations. Methods raise redis.RedisError when the store is away."""

    def __init__(self, redis: Client) -> None:
        self.redis = redis
        self._commit = redis.register_script(_COMMIT)
        self._release = redis.register_script(_RELEASE)

    async def create(self, channel: str, lang: str) -> tuple[str, str]:
        """A new conversation: its id, and the token that is the patient's key to it."""
        conversation, token = secrets.token_hex(12), secrets.token_urlsafe(32)
        state = State(id=conversation, channel=channel, lang=lang, created=now_ms())
        async with self.redis.pipeline(transaction=True) as both:
            both.hset(key_of(conversation), mapping={**state.dump(), "token": _digest(token)})
            both.xadd(FEED, {"conversation": conversation})
            await both.execute()
        return conversation, token

    async def open(self, conversation: str, token: str) -> State | None:
        """The state now, if the token opens the conversation."""
        stored = await self.redis.hgetall(key_of(conversation))
        fits = hmac.compare_digest(stored.get("token", ""), _digest(token))
        return State.load(stored) if stored and fits else None

    async def state(self, conversation: str) -> State:
        """The state now. MissingConversationError when there is none."""
        stored = await self.redis.hgetall(key_of(conversation))
        if not stored:
            raise MissingConversationError(conversation)
        return State.load(stored)

    async def glance(self, conversations: Sequence[str]) -> list[tuple[State, list[Entry]] | None]:
        """State and last entries of many conversations in one round trip; None for one that does not exist."""
        async with self.redis.pipeline(transaction=False) as pipe:
            for conversation in conversations:
                pipe.hgetall(key_of(conversation))
                pipe.xrevrange(key_of(conversation, "log"), count=_GLANCE)
            replies = await pipe.execute()
        return [
            (State.load(stored), [Entry.load(row_id, fields["e"]) for row_id, fields in reversed(rows)])
            if stored
            else None
            for stored, rows in zip(replies[::2], replies[1::2], strict=True)
        ]

    async def entries(self, conversation: str, after: str = "0-0", before: str = "+") -> list[Entry]:
        """The log after (and not with) one entry, to the end or to `before`, which is included."""
        rows = await self.redis.xrange(key_of(conversation, "log"), min=f"({after}", max=before)
        return [Entry.load(row_id, fields["e"]) for row_id, fields in rows]

    async def news(self, conversation: str, after: str, marked: str) -> tuple[list[Entry], list[Mark], State]:
        """The log after an entry, the marks after one of them, the state: a screen is up to date in one question."""
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.xrange(key_of(conversation, "log"), min=f"({after}")
        pipeline.xrange(key_of(conversation, "marks"), min=f"({marked}")
        pipeline.hgetall(key_of(conversation))
        rows, marks, stored = await pipeline.execute()
        if not stored:
            raise MissingConversationError(conversation)
        entries = [Entry.load(row_id, fields["e"]) for row_id, fields in rows]
        return entries, [Mark.load(*row) for row in marks], State.load(stored)

    async def marks(self, conversation: str) -> list[Mark]:
        """What is said of the answers, oldest first."""
        return [Mark.load(*row) for row in await self.redis.xrange(key_of(conversation, "marks"))]

    async def recent(self, conversation: str, before: str = "+", count: int = 20) -> list[Entry]:
        """The last entries up to and with `before`, oldest first."""
        rows = await self.redis.xrevrange(key_of(conversation, "log"), max=before, count=count)
        return [Entry.load(row_id, fields["e"]) for row_id, fields in reversed(rows)]

    async def stamp(self, conversation: str) -> tuple[str, int]:
        """Language and epoch, for a message that is about to be taken. MissingConversationError when there is none."""
        lang, epoch = await self.redis.hmget(key_of(conversation), "lang", "epoch")
        if lang is None:
            raise MissingConversationError(conversation)
        return json.loads(lang), json.loads(epoch)

    async def view(self, conversation: str, entry_id: str, count: int = 20) -> View:
        """State, log and verdict as of one message, in one question. MissingConversationError when there is none."""
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.hgetall(key_of(conversation))
        pipeline.xrevrange(key_of(conversation, "log"), max=entry_id, count=count)
        pipeline.hget(key_of(conversation, "verdicts"), entry_id)
        stored, rows, verdict = await pipeline.execute()
        if not stored:
            raise MissingConversationError(conversation)
        entries = tuple(Entry.load(row_id, fields["e"]) for row_id, fields in reversed(rows))
        return View(State.load(stored), entries, Verdict.from_dict(json.loads(verdict)) if verdict else None)

    async def last(self, conversation: str) -> str:
        """The id of the last entry; the id before all others where there is none."""
        rows = await self.redis.xrevrange(key_of(conversation, "log"), count=1)
        return str(rows[0][0]) if rows else "0-0"

    async def entry(self, conversation: str, entry_id: str) -> Entry | None:
        """One entry, or None; also for what is no id of any."""
        if not is_entry_id(entry_id):
            return None
        rows = await self.redis.xrange(key_of(conversation, "log"), min=entry_id, max=entry_id)
        return Entry.load(rows[0][0], rows[0][1]["e"]) if rows else None

    async def unsent(self, conversation: str) -> list[Entry]:
        """Replies that came too late and were shown to nobody."""
        return [Entry.load("", text) for text in await self.redis.lrange(key_of(conversation, "unsent"), 0, -1)]

    async def verdict(self, conversation: str, entry_id: str) -> Verdict | None:
        """What the screen said of one message, None while it has not been carried out."""
        stored = await self.redis.hget(key_of(conversation, "verdicts"), entry_id)
        return Verdict.from_dict(json.loads(stored)) if stored else None

    async def accept(
        self, conversation: str, message: Entry, *, pend: bool = True, per_minute: int | None = None
    ) -> tuple[str, bool]:
        """Take a patient's message: append, check for repetition and schedule its turn in one step.

        Returns its entry id and whether it had been taken before. TooFastError when more than `per_minute` came.
        """
        request = _request(conversation, Change(entries=(message,), client_id=message.client_id))
        request["signals"] = []  # its verdict follows, and tells of both
        limit = {} if per_minute is None else {"per_minute": per_minute}
        reply = await self._run({**request, **limit, "pend": pend})
        if reply[0] == "too_fast":
            raise TooFastError
        return reply[1], reply[0] == "duplicate"

    async def change(self, conversation: str, step: Callable[[State], Change], known: State | None = None) -> Committed:
        """Carry out a step on the state as it is when it is written (again, if another came between).

        `known`: the state as the caller read it last, tried first; the version tells if it is still that.
        """
        for _ in range(_MAX_CONFLICTS):
            state = known or await self.state(conversation)
            known = None
            change = step(state)
            if change.mark and change.state is None:  # the version tells retention that something came
                change = replace(change, state=state)
            status, *ids = await self._run(_request(conversation, change, state))
            if status == "ok":
                return Committed(status, _bumped(change.state, state), tuple(ids))
            if status != "conflict":
                return Committed(status, state, tuple(ids))
        raise RuntimeError(f"conversation {conversation} would not hold still")

    async def next_turn(self, conversation: str) -> str | None:
        """The entry id of the oldest message whose turn is not finished."""
        turn: str | None = await self.redis.lindex(key_of(conversation, "pending"), 0)
        return turn

    async def release(self, conversation: str, group: str, work_id: str) -> str | None:
        """Give the conversation back when no turn is pending; else the turn that came meanwhile: go on with it."""
        keys = [key_of(conversation, "pending"), key_of(conversation, "busy"), WORK]
        turn: str | None = await self._release(keys=keys, args=[group, work_id])
        return turn

    async def signal(self, conversation: str, **message: object) -> None:
        """Tell whoever watches the conversation something that is not kept."""
        await self.redis.publish(live_channel(conversation), json.dumps(message))

    async def _run(self, request: dict[str, Any]) -> list[str]:
        conversation = request["conversation"]
        shared = (QUEUE, WITH_NURSE, WORK, CLOCK, PRESENT, NOTIFY, FEED)
        keys = [*(key_of(conversation, part) for part in PARTS), *shared]
        reply: list[str] = await self._commit(keys=keys, args=[json.dumps(request, ensure_ascii=False)])
        if reply[0] == "missing":
            raise MissingConversationError(conversation)
        return reply


def live_channel(conversation: str) -> str:
    """The pub/sub channel that wakes whoever watches this conversation."""
    return f"{PREFIX}live:{conversation}"


def partial_channel(conversation: str) -> str:
    """The pub/sub channel on which the answer action publishes verified sentences."""
    return f"{PREFIX}partial:{conversation}"


def now_ms() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def queue_score(state: State) -> int:
    """Orders the queue: by acuity, then by waiting time."""
    return Acuity(state.acuity or Acuity.ROUTINE.value).rank * 10**14 + state.since


def _request(conversation: str, change: Change, state: State | None = None) -> dict[str, Any]:
    request: dict[str, Any] = {
        "conversation": conversation,
        "entries": [entry.dump() for entry in change.entries],
        "unsent": [entry.dump() for entry in change.unsent],
        "signals": _signals(conversation, change, state),
        "client_id": change.client_id,
        "done": change.done,
        "notify": [json.dumps(event, ensure_ascii=False) for event in change.notify],
        "absent": change.absent,
        "mark": change.mark.dump() if change.mark else None,
    }
    if change.verdict:
        entry_id, verdict = change.verdict
        request["verdict"] = {"entry": entry_id, "json": json.dumps(verdict.to_dict(), ensure_ascii=False)}
    if state is not None:
        request["version"] = state.version
    if change.state is not None and state is not None:
        after = _bumped(change.state, state)
        request |= {"set": after.differences(state), "owner": after.owner, "score": queue_score(after)}
        if after.epoch != state.epoch:
            request["change"] = json.dumps(_change_of_owner(state, after, change.note), ensure_ascii=False)
    return {name: value for name, value in request.items() if value is not None}


def _change_of_owner(before: State, after: State, note: str | None) -> dict[str, Any]:
    return {
        "before": before.owner, "after": after.owner, "epoch": after.epoch, "acuity": after.acuity,
        "reason": after.reason, "nurse": after.nurse, "note": note,
    }  # fmt: skip


def _signals(conversation: str, change: Change, before: State | None) -> list[tuple[str, str]]:
    signals = [(live_channel(conversation), json.dumps({"type": "changed"}))]
    owners = {state.owner for state in (before, change.state) if state}
    if not owners & {"queue", "nurse"}:  # nothing of it is at the desk
        return signals
    if change.state is not None:
        signals.append((DESK_CHANNEL, json.dumps({"type": "queue", "conversation": conversation})))
    elif change.entries:
        signals.append((DESK_CHANNEL, json.dumps({"type": "said", "conversation": conversation})))
    if change.alert:
        alert = {"type": "alert", "conversation": conversation, "acuity": change.alert, "why": change.why}
        signals.append((DESK_CHANNEL, json.dumps(alert)))
    return signals


def _bumped(after: State | None, before: State) -> State:
    return replace(after, version=before.version + 1) if after is not None else before


def key_of(conversation: str, part: str = "") -> str:
    """The key of one of the PARTS of a conversation."""
    return f"{PREFIX}conv:{conversation}:{part}" if part else f"{PREFIX}conv:{conversation}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
