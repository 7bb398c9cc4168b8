"""`make clean`: removes what set-up and builds made. What people wrote (conversations, secrets, accounts) stays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Iterator

from deploy.bootstrap.places import APP, BENCH, RASA, ROOT, STATE, WEB

MADE_IN_STATE = ("weights", "rasa", "index", "logs", "ci-tools")
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", "test-results")


def made() -> Iterator[Path]:
    """Every folder that `make` can make again."""
    yield from (APP, RASA, BENCH, WEB / "node_modules", WEB / "dist")
    yield from (STATE / name for name in MADE_IN_STATE)
    yield from (ROOT / name for name in CACHES)
    for room in ("bot", "actions", "models", "tests", "deploy"):
        yield from (ROOT / room).rglob("__pycache__")


if __name__ == "__main__":
    for folder in list(made()):
        shutil.rmtree(str(folder), ignore_errors=True)
