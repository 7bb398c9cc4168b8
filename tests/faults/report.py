"""The counts of a run, and each violation with what is needed to find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.faults.evidence import Evidence
from tests.faults.judge import KINDS, Violation, frozen_seconds


def report(evidence: Evidence, violations: Sequence[Violation]) -> Iterator[str]:
    """Line by line."""
    said = [message for patient in evidence.patients for message in patient.said.values()]
    emergencies = [message for message in said if message.kind == "emergency"]
    advised = [(w.began, w.ended) for m in emergencies for w in m.waits if w.advised and w.ended]
    waits = sorted(end - began for began, end in advised if not frozen_seconds(began, end, evidence.outages))
    acknowledged = sum(len(patient.acknowledged) for patient in evidence.patients)
    takeovers = sum(e.get("notice") == "claimed" for kept in evidence.kept.values() for e in kept.log)
    yield "Faults: " + _counted(Counter(f"{outage.name} {outage.action}" for outage in evidence.outages))
    yield f"Conversations: {len(evidence.patients)}, messages said {len(said)}, acknowledged {acknowledged}"
    yield f"Emergencies: {len(emergencies)}, takeovers {takeovers}, nurses' messages {len(evidence.nurses)}"
    if waits:
        latencies = f"median {_ms(waits, 0.5)}, p99 {_ms(waits, 0.99)}, most {_ms(waits, 1)}"
        yield f"Advice after the server could be reached, no chat server frozen: {latencies}"
    counts = Counter(violation.kind for violation in violations)
    for kind in KINDS:
        yield f"  {counts[kind]:>5}  {kind}"
    for violation in violations:
        yield f"! {violation.kind}: conversation {violation.conversation}: {violation.detail}"
    if violations:
        yield "Outages (seconds of the clock in the lines above):"
        for outage in evidence.outages:
            ended = f"{outage.ended:.2f}" if outage.ended else "?"
            yield f"  {outage.began:.2f} to {ended}  {outage.name} {outage.action}"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _ms(ordered: Sequence[float], share: float) -> str:
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000:.0f} ms"
