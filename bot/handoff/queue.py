"""One line of the nurses' queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.conversation.entry import Entry
from bot.conversation.state import State
from bot.handoff.rules import HandoffRules
from bot.triage import rule_title

_LAST_WORDS = 160


def item(state: State, last: str, rules: HandoffRules) -> dict[str, Any]:
    """One line of the queue, as every nurse sees it (docs/protocol.md, Item)."""
    return {
        "conversation": state.id, "acuity": state.acuity, "since": state.since or state.created, "owner": state.owner,
        "nurse": state.nurse_name, "lang": state.lang, "channel": state.channel, "reason": state.reason,
        "rules": [{"id": rule["id"], "title": rule_title(rule["id"]) or rule["title"]} for rule in state.rules],
        "last": last, "stage": state.stage, "snoozed_until": state.snoozed_until or None,
        "team": {"id": state.team, "name": dict(rules.hours.team(state.team).name)} if state.team else None,
        "wanted": state.wanted_name, "longest_snooze": _longest_snooze(state, rules),
    }  # fmt: skip


def _longest_snooze(state: State, rules: HandoffRules) -> int:
    """Minutes; 0 for what cannot be snoozed."""
    if state.owner != "queue" or state.acuity == "emergency":
        return 0
    return longest_snooze(state, rules)


def longest_snooze(state: State, rules: HandoffRules) -> int:
    """For how many minutes a case of this acuity may be put off: its waiting limit."""
    return int(rules.limits.of(state.acuity) // 60)


def mine(state: State, nurse: str) -> dict[str, bool]:
    """What only this nurse sees differently: whether they have it, and whether it was passed to them."""
    return {"mine": state.owner == "nurse" and state.nurse == nurse, "for_me": state.wanted == nurse}


def last_words(entries: Sequence[Entry]) -> str:
    """The end of what the patient wrote last, cut to a line."""
    said = [entry.text for entry in entries if entry.sender == "patient"]
    return " ".join(said[-1].split())[:_LAST_WORDS] if said else ""
