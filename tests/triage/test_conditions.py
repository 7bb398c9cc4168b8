"""What a rule demands must all be told: a part that is named twice is not two."""

from __future__ import annotations

from pathlib import Path

from bot.triage.conditions import Facts, holds, parse
from bot.triage.source import read

RULE = """when:
  all: [{any: [hives, sting]}, {any: [breathless, fainted]}, {any: [hives, sting]}, {any: [hives, sudden]}]
"""


def test_a_part_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(RULE)
    table = read(tmp_path / "rule.yml")
    condition = parse(table["when"], table, "when", ["hives", "sting", "breathless", "fainted", "sudden"])
    assert not holds(condition, Facts.of({"hives": "present"}))
    assert holds(condition, Facts.of({"hives": "present", "fainted": "present"}))
