"""`make faults`: patients and nurses at work while processes are killed, frozen, stopped and restarted.

Starts a Careline of its own, prints what was counted, and ends with 1 if anything was lost, repeated, out of order,
late or unanswered. Settings: tests/faults/plan.py.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.judge import judge
from tests.faults.plan import Plan
from tests.faults.report import report
from tests.faults.storm import Storm
from tests.support.running import SEVERAL, RunningSystem


def main() -> int:
    """Start, make trouble, stop, tell."""
    plan = Plan()
    folder = Path(tempfile.mkdtemp(prefix="careline-faults-"))
    system = RunningSystem(folder, **SEVERAL)
    print(f"Seed {plan.seed}: {plan.patients} patients, {plan.nurses} nurses, {plan.seconds:.0f} s", flush=True)
    system.up()
    try:
        storm, violations = asyncio.run(_run(system, plan))
    finally:
        system.down()
    print(f"This program was late by {storm.slowest_loop * 1000:.0f} ms at most.")
    if violations:
        print(f"State and logs are kept in {folder}: {violations} violations, seed {plan.seed}")
        return 1
    shutil.rmtree(folder)
    print("Nothing lost, repeated, out of order, late or unanswered.")
    return 0


async def _run(system: RunningSystem, plan: Plan) -> tuple[Storm, int]:
    storm = Storm(system, plan)
    evidence = await storm.run()
    violations = judge(evidence)
    for line in report(evidence, violations):
        print(line, flush=True)
    return storm, len(violations)


if __name__ == "__main__":
    sys.exit(main())
