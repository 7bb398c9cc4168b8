"""What is known of a conversation besides its log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Owner = Literal["bot", "queue", "nurse", "closed"]


@dataclass(frozen=True, slots=True)
class State:
    """The live state of a conversation. Times are milliseconds since 1970.

    epoch: raised at each change of owner; what was produced under an older one is not sent.
    acuity: the most urgent that the screen said since `screen_from`; None while nothing was said.
    rules: the rules that fired, as {"id", "title"}; advised: the advice that the patient has; ask: the id of the
    question that the screen would put next.
    screen_from: the log entry after which the screen's history starts (an earlier matter is settled).
    since: when the patient began to wait; kept until the matter is settled, whoever had it meanwhile.
    clock_from, stage: when the present waiting limit began to run (in the queue; with a nurse, since what they have
    not answered, 0 when nothing), and how many of its alerts were given.
    snoozed_until: no alert before this. absence_told: the acuity at which "nobody is there" was dealt with.
    team, wanted, wanted_name: who it was transferred to; any nurse may claim it all the same.
    session, session_turns: number of the Rasa session and how many turns it has had.
    """

    id: str
    channel: str
    lang: str
    created: int
    owner: Owner = "bot"
    epoch: int = 0
    version: int = 0
    acuity: str | None = None
    rules: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    advised: tuple[str, ...] = ()
    ask: str | None = None
    reason: str | None = None
    since: int = 0
    clock_from: int = 0
    stage: int = 0
    snoozed_until: int = 0
    absence_told: str | None = None
    team: str | None = None
    wanted: str | None = None
    wanted_name: str | None = None
    nurse: str | None = None
    nurse_name: str | None = None
    screen_from: str = "0-0"
    session: int = 0
    session_turns: int = 0

    def dump(self) -> dict[str, str]:
        """Fields for a Redis hash."""
        return {name: json.dumps(getattr(self, name), ensure_ascii=False) for name in _NAMES}

    def differences(self, before: State) -> dict[str, str]:
        """The fields, as `dump` writes them, that are other than before."""
        return {
            name: json.dumps(now, ensure_ascii=False)
            for name in _NAMES
            if (now := getattr(self, name)) != getattr(before, name)
        }

    @staticmethod
    def load(stored: Mapping[str, str]) -> State:
        """The state that `dump` wrote."""
        values = {name: json.loads(text) for name, text in stored.items() if name in _NAMES}
        for name in ("rules", "findings", "advised"):
            values[name] = tuple(values.get(name, ()))
        return State(**values)


_NAMES = frozenset(field.name for field in fields(State))
