"""Finds the Pythons: on PATH, under pyenv (its shims need not be active), or through uv."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, List, Optional

from deploy.bootstrap.failure import Failure

APP_VERSIONS = ("3.11", "3.12", "3.13")
RASA_VERSIONS = ("3.10",)

PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def find_python(versions: "tuple[str, ...]", purpose: str) -> Path:
    """The interpreter to build an environment with, the first of `versions` that the machine has.

    Raises Failure when there is none and uv cannot bring one.
    """
    for version in versions:
        for candidate in _candidates(version):
            if works(candidate, version):
                return candidate
    fetched = _through_uv(["install", versions[0]], versions[0])
    if fetched:
        return fetched
    wanted = versions[0]
    raise Failure(
        f"Python {' or '.join(versions)} was not found on PATH, under pyenv or through uv, and {purpose} needs it: "
        f"install it with `pyenv install {wanted}` or `uv python install {wanted}` "
        f"(or your system's python{wanted} and python{wanted}-venv packages) and run make again."
    )


def works(python: Path, version: str) -> bool:
    """Whether this is a Python of that version that can make environments (a pyenv shim may be neither)."""
    try:
        probe = subprocess.run([str(python), "-c", PROBE], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0 and probe.stdout.strip() == version


def _candidates(version: str) -> Iterator[Path]:
    on_path = shutil.which("python" + version)
    if on_path:
        yield Path(on_path)
    for root in _pyenv_roots():
        found = sorted((root / "versions").glob(version + ".*/bin/python" + version), key=_patch, reverse=True)
        yield from found
    by_uv = _through_uv(["find", version], version)
    if by_uv:
        yield by_uv


def _pyenv_roots() -> List[Path]:
    roots = [os.environ.get("PYENV_ROOT"), os.path.join(os.path.expanduser("~"), ".pyenv")]
    return [Path(root) for root in roots if root and os.path.isdir(root)]


def _patch(python: Path) -> int:
    number = python.parts[-3].rsplit(".", 1)[-1]
    return int(number) if number.isdigit() else -1


def _through_uv(command: List[str], version: str) -> Optional[Path]:
    uv = shutil.which("uv")
    if not uv:
        return None
    for arguments in (command, ["find", version]):
        result = subprocess.run([uv, "python", *arguments], capture_output=True, text=True)
        if result.returncode:
            return None
    lines = result.stdout.split()
    return Path(lines[-1]) if lines else None
