"""What went wrong, found in the evidence alone. Pure: the same evidence gives the same verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.conversation.entry import entry_order
from tests.faults.evidence import Evidence, Frame, Kept, Outage, PatientSaw, Wait

LATEST_ADVICE = 1.0
"""Seconds after the server could be reached in which an emergency must have its advice."""
THAWING = 0.5
"""Seconds that a frozen chat server gets after it goes on."""

KINDS = (
    "message lost",
    "reply shown twice",
    "out of order",
    "bot spoke while a nurse had it",
    "emergency without a queue entry",
    "emergency advice late",
    "unanswered",
)
NURSE_BEGINS = {"claimed"}
NURSE_ENDS = {"handed_back", "closed", "closed_by_patient", "transferred", "nurse_lost", "nobody_there"}
RESTS_WITH_NURSES = {"queue", "nurse"}


@dataclass(frozen=True)
class Violation:
    """One thing that must not happen, with what is needed to find it; never patient text."""

    kind: str
    conversation: str
    detail: str


def judge(evidence: Evidence) -> list[Violation]:
    """All violations."""
    return [violation for patient in evidence.patients for violation in _judge_patient(patient, evidence)] + list(
        _nurses(evidence)
    )


def _judge_patient(patient: PatientSaw, evidence: Evidence) -> Iterator[Violation]:
    kept = evidence.kept[patient.conversation]
    for find in (_lost, _twice, _disorder, _unanswered, _unqueued):
        for kind, detail in find(patient, kept):
            yield Violation(kind, patient.conversation, detail)
    for detail in _spoke_over_a_nurse(kept.log):
        yield Violation("bot spoke while a nurse had it", patient.conversation, detail)
    for detail in _late(patient, kept, evidence.outages):
        yield Violation("emergency advice late", patient.conversation, detail)


def _lost(patient: PatientSaw, kept: Kept) -> Iterator[tuple[str, str]]:
    stored = {entry["client_id"]: entry["id"] for entry in kept.log if entry["from"] == "patient"}
    times = Counter(entry["client_id"] for entry in kept.log if entry["from"] == "patient")
    for said in patient.said.values():
        if said.kind == "want_human":
            continue
        if said.client_id not in patient.acknowledged:
            yield "message lost", f"{said.client_id} was never acknowledged"
        elif stored.get(said.client_id) != patient.acknowledged[said.client_id]:
            yield "message lost", f"{said.client_id} was acknowledged as {patient.acknowledged[said.client_id]}"
        if times[said.client_id] > 1:
            yield "reply shown twice", f"message {said.client_id} is in the log {times[said.client_id]} times"


def _twice(patient: PatientSaw, kept: Kept) -> Iterator[tuple[str, str]]:
    for screen in (patient.shown, *patient.other_screens):
        for entry, times in Counter(entry["id"] for entry in screen).items():
            if times > 1:
                yield "reply shown twice", f"entry {entry} came {times} times to one screen"
    steps: dict[tuple[str, bool], set[str]] = {}
    for entry in kept.log:
        if entry["from"] == "bot" and entry["turn"]:
            step = entry["turn"], entry["kind"] == "advice"  # which a second reader may add to a reply
            steps.setdefault(step, set()).add(entry["id"].partition("-")[0])
    for (turn, _advice), moments in steps.items():
        if len(moments) > 1:  # all that one turn says is written in one step, so in one millisecond
            yield "reply shown twice", f"turn {turn} was answered at {sorted(moments)}"
    notices = Counter((entry["turn"], entry["notice"]) for entry in kept.log if entry.get("notice") and entry["turn"])
    for (turn, notice), count in notices.items():
        if count > 1:
            yield "reply shown twice", f"notice {notice} of turn {turn} came {count} times"


def _disorder(patient: PatientSaw, kept: Kept) -> Iterator[tuple[str, str]]:
    log = [entry["id"] for entry in kept.log]
    for screen in (patient.shown, *patient.other_screens):
        ids = [entry["id"] for entry in screen]
        if ids != sorted(set(ids), key=entry_order) and len(ids) == len(set(ids)):
            yield "out of order", f"a screen got {_first_fall(ids)}"
    shown = [entry["id"] for entry in patient.shown]
    if set(shown) != set(log):
        missing, extra = sorted(set(log) - set(shown)), sorted(set(shown) - set(log))
        yield "message lost", f"the screen lacks {missing} and has {extra} that the log has not"
    wanted = [said.client_id for said in patient.said.values() if said.kind != "want_human"]
    stored = [entry["client_id"] for entry in kept.log if entry["from"] == "patient"]
    if [each for each in wanted if each in stored] != stored:
        yield "out of order", f"said {wanted}, in the log {stored}"
    turns = [e["turn"] for e in kept.log if e["from"] == "bot" and e["kind"] in ("text", "answer") and e["turn"]]
    if turns != sorted(turns, key=entry_order):
        yield "out of order", f"replies came in the order {_first_fall(turns)}"


def _first_fall(ids: Sequence[str]) -> str:
    falls = (pair for pair in pairwise(ids) if entry_order(pair[0]) > entry_order(pair[1]))
    return " before ".join(next(falls, ()))


def _spoke_over_a_nurse(log: Sequence[Frame]) -> Iterator[str]:
    owned = False
    for entry in log:
        if entry.get("notice") in NURSE_BEGINS:
            owned = True
        elif entry.get("notice") in NURSE_ENDS:
            owned = False
        elif owned and entry["from"] == "bot":
            yield f"entry {entry['id']} ({entry['kind']}) of turn {entry['turn']}"


def _unanswered(patient: PatientSaw, kept: Kept) -> Iterator[tuple[str, str]]:
    if kept.pending or kept.busy:
        yield "unanswered", f"turns {kept.pending} are still to be taken (busy: {kept.busy})"
    answered = {entry["turn"] for entry in kept.log if entry["turn"]}
    owner = "bot"
    waiting: dict[str, str] = {}
    for entry in kept.log:
        if entry["from"] == "patient" and owner == "bot":
            waiting[entry["id"]] = entry["client_id"]
        owner = _owner_after(entry, owner)
        if owner != "bot":  # from here on it is for the nurses
            waiting.clear()
    for turn, client_id in waiting.items():
        if turn not in answered:
            yield "unanswered", f"message {client_id} (turn {turn})"


def _owner_after(entry: Frame, owner: str) -> str:
    code = entry.get("notice") or ""
    if code.startswith(("queued", "nobody_there")) or code in ("assistant_unavailable", "transferred", "nurse_lost"):
        return "queue"
    if code in ("handed_back", "left_queue"):
        return "bot"
    if code in ("closed", "closed_by_patient"):
        return "bot"  # the next message of the patient opens it again
    return "nurse" if code == "claimed" else owner


def _unqueued(patient: PatientSaw, kept: Kept) -> Iterator[tuple[str, str]]:
    owner = "bot"
    emergencies = {said.client_id for said in patient.said.values() if said.kind == "emergency"}
    open_since: str | None = None
    for entry in kept.log:
        if entry.get("client_id") in emergencies and entry["from"] == "patient":
            open_since = entry["id"]
        owner = _owner_after(entry, owner)
        if open_since and (owner in RESTS_WITH_NURSES):
            open_since = None
    if open_since:
        yield "emergency without a queue entry", f"entry {open_since}: nobody was called"
    if owner in RESTS_WITH_NURSES and kept.owner not in RESTS_WITH_NURSES:
        yield "emergency without a queue entry", f"the log says {owner}, the state {kept.owner}"
    if kept.owner == "queue" and not kept.queued:
        yield "emergency without a queue entry", "the state says queue, and the queue does not have it"


def _late(patient: PatientSaw, kept: Kept, outages: Sequence[Outage]) -> Iterator[str]:
    nurses = _left_to_a_nurse(kept.log)
    for said in patient.said.values():
        if said.kind != "emergency" or said.client_id in nurses:
            continue
        for wait in said.waits:
            seconds = advice_seconds(wait, outages)
            if seconds > LATEST_ADVICE:
                end = "until it came" if wait.advised else "and the line was lost before it came"
                yield f"message {said.client_id}, could be sent at {wait.began:.2f}: {seconds:.2f} s {end}"
        if not any(wait.advised for wait in said.waits):
            yield f"message {said.client_id}: no advice at all"


def _left_to_a_nurse(log: Sequence[Frame]) -> set[str]:
    """Messages whose answer is a nurse's: one had the conversation, or took it before the screen had spoken."""
    owner, unanswered, left = "bot", dict[str, str](), set[str]()
    for entry in log:
        if entry["from"] == "patient":
            unanswered[entry["id"]] = entry["client_id"]
        elif entry["turn"]:
            unanswered.pop(entry["turn"], None)
        owner = _owner_after(entry, owner)
        if owner == "nurse":
            left |= set(unanswered.values())
            unanswered.clear()
    return left


def advice_seconds(wait: Wait, outages: Sequence[Outage]) -> float:
    """How long an emergency waited on a connection, without the time in which a chat server stood frozen."""
    ended = wait.ended if wait.ended is not None else wait.began
    return ended - wait.began - frozen_seconds(wait.began, ended, outages)


def frozen_seconds(began: float, ended: float, outages: Sequence[Outage]) -> float:
    """For how long of this time a chat server stood frozen or had just begun to thaw."""
    return sum(
        max(0.0, min(ended, (outage.ended or ended) + THAWING) - max(began, outage.began))
        for outage in outages
        if outage.action == "freeze" and outage.name.startswith("chat")
    )


def _nurses(evidence: Evidence) -> Iterator[Violation]:
    for written in evidence.nurses:
        log = evidence.kept[written.conversation].log
        found = [entry["id"] for entry in log if entry.get("client_id") == written.client_id]
        if found != [written.entry]:
            kind = "message lost" if not found else "reply shown twice"
            yield Violation(kind, written.conversation, f"a nurse's {written.client_id}: in the log as {found}")
