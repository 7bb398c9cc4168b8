"""`make bench`: measures this machine; each table beside a named baseline of the same run.

`make bench ONLY="growth store"` measures only those. Each starts what it needs and stops it again.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

PARTS = ("screen", "answers", "emergencies", "growth", "throughput", "crowd", "store", "retrieval", "decode")


def main(only: list[str]) -> None:
    """Measure all parts, or those that are named."""
    if unknown := set(only) - set(PARTS):
        raise SystemExit(f"There is no {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}.")
    for part in only or PARTS:
        print(f"\n== {part}", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"careline-bench-{part}-") as folder:
            (Path(folder) / "state").mkdir()
            importlib.import_module(f"deploy.bench.{part}").run(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
