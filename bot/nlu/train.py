"""Trains the dialogue model if anything it is made of changed: `.venv-rasa/bin/python -m bot.nlu.train`.

The model lies in the state folder as rasa/careline.tar.gz, beside the fingerprint of what it was made of.
Does nothing, and at once, when that fingerprint still holds. Exit code 1 and one sentence when something is wrong.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

MODEL = "careline.tar.gz"
FINGERPRINT = "careline.sha256"
DATA = ("data/nlu", "data/rules", "data/stories", "data/responses")
FILES = ("config.yml", "domain.yml", "deploy/rasa.txt")
_STEP = re.compile(r"(?:Starting to train|Restored) component '(\w+)'")
_NOISE = re.compile(r"^\s*$|it/s|Warning|^\d{4}-\d\d-\d\d .* INFO |^\s+(File|declare_namespace|import) ")


class Broken(Exception):
    """Something in the inputs is wrong; the message is a sentence for whoever wrote them."""


def inputs(root: Path) -> list[Path]:
    """Every file that the model depends on, in a fixed order."""
    data = (path for folder in DATA for path in (root / folder).rglob("*.yml"))
    code = (root / "bot/nlu").glob("*.py")
    return sorted([*(root / name for name in FILES), *data, *code])


def fingerprint(root: Path, paths: Iterable[Path]) -> str:
    """A hash of the names and contents of these files. Raises Broken where one is missing."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Broken(f"{path.relative_to(root)} cannot be read: {error.strerror}.") from error
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def check_yaml(root: Path, paths: Iterable[Path]) -> None:
    """Raises Broken at the first file that is no YAML, with its name and line."""
    import yaml

    for path in (path for path in paths if path.suffix == ".yml"):
        name = path.relative_to(root)
        try:
            if not isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict):
                raise Broken(f'{name}: the file must hold keys and values, like `version: "3.1"`.')
        except UnicodeDecodeError as error:
            raise Broken(f"{name}: the file is not UTF-8.") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise Broken(f"{name}, line {line}: {error.problem or 'not valid YAML'}.") from error


def train(root: Path, folder: Path) -> None:
    """Trains into `folder`; the model there is replaced only by a whole one. Raises Broken with Rasa's complaint."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        command = [
            sys.executable,
            "-m",
            "bot.nlu.launcher",
            "train",
            "--out",
            work,
            "--fixed-model-name",
            "careline",
            "--config",
            "config.yml",
            "--domain",
            "domain.yml",
            "--data",
            *DATA,
        ]
        environment = {**os.environ, "TQDM_DISABLE": "1", "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as rasa:
            said = list(_tell_steps(rasa.stdout or ()))
        made = Path(work) / MODEL
        if rasa.returncode != 0 or not made.exists():
            raise Broken(_complaint(said))
        made.replace(folder / MODEL)


def _tell_steps(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        step = _STEP.search(line)
        if step:
            print(f"  training {step[1]}", flush=True)  # noqa: T201
        yield line.rstrip()


def _complaint(lines: list[str]) -> str:
    telling = [line for line in lines if not _NOISE.search(line)]
    return "Rasa could not train: " + (" ".join(telling[-3:]) or "it said nothing.")


def main() -> int:
    """The command. Returns the exit code."""
    root = Path.cwd()
    folder = Path(os.environ.get("CARELINE_STATE") or root / ".careline") / "rasa"
    try:
        paths = inputs(root)
        now = fingerprint(root, paths)
        stored = folder / FINGERPRINT
        if (folder / MODEL).exists() and stored.exists() and stored.read_text() == now:
            return 0
        check_yaml(root, paths)
        print("Training the dialogue model (about half a minute)", flush=True)  # noqa: T201
        train(root, folder)
        stored.write_text(now)
    except Broken as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"The dialogue model could not be written: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    print("The dialogue model is trained.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
