"""A short storm over the shared system; `make faults` is the long one."""

from __future__ import annotations

import pytest

from tests.faults.judge import judge
from tests.faults.plan import Plan
from tests.faults.report import report
from tests.faults.storm import Storm
from tests.support.running import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.slow]


async def test_nothing_is_lost_repeated_or_late_while_processes_fail(system: RunningSystem) -> None:
    evidence = await Storm(system, Plan(seconds=25, patients=50, between=3, settle=90)).run()
    violations = judge(evidence)
    told = "\n".join(report(evidence, violations))
    assert len(evidence.outages) >= 4, told
    assert not violations, told
