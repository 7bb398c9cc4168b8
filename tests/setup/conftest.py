"""A checkout of its own for set-up tests, so that they never touch the real environments."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.system.settings import ROOT

PRETEND = """
import sys
from deploy.bootstrap import environments
for name in sys.argv[1:]:
    kind = getattr(environments, name)
    kind.stamp.write_text(kind.fingerprint())
"""


class Checkout:
    """A bare copy of what set-up needs, in a folder of the test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for part in ("deploy", "bot/system"):
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "bot/__init__.py", root / "bot/__init__.py")

    def pretend_installed(self, *kinds: str) -> None:
        """Let these environments look installed; their interpreter only notes what it is called with."""
        for folder in (".venv", ".venv-rasa"):
            python = self.root / folder / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_text(f'#!/bin/sh\necho "$@" >> "{self.calls_file}"\n')
            python.chmod(0o755)
        subprocess.run([sys.executable, "-c", PRETEND, *kinds], cwd=self.root, check=True)

    @property
    def calls_file(self) -> Path:
        return self.root / "calls.txt"

    @property
    def calls(self) -> list[str]:
        """What the pretended interpreters were asked to run."""
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []

    def bootstrap(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the set-up as make does."""
        env = {**os.environ, "HOME": str(self.root), "CARELINE_STATE": str(self.root / "state"), **environment}
        return subprocess.run(
            [sys.executable, "-m", "deploy.bootstrap", *arguments],
            cwd=self.root,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout without environments, front end, models."""
    return Checkout(tmp_path)
