"""Set-up: what is missing is one clear sentence; what is there is not made again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.conftest import Checkout

NOTHING_ON_PATH = {"PATH": "/nonexistent", "PYENV_ROOT": "/nonexistent"}


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of a failed set-up, which has to be the only word about the failure."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stderr == ""
    assert "Traceback" not in result.stdout
    return result.stdout.strip().splitlines()[-1]


def test_a_missing_python_3_10_is_named_with_the_way_to_get_it(checkout: Checkout) -> None:
    checkout.pretend_installed("MODERN")
    said = sentence(checkout.bootstrap("setup", **NOTHING_ON_PATH))
    assert "Python 3.10 was not found" in said
    assert "pyenv install 3.10" in said
    assert "uv python install 3.10" in said


def test_a_python_that_pyenv_has_but_does_not_activate_is_found(tmp_path: Path) -> None:
    older, newer = (tmp_path / "versions" / version / "bin" for version in ("3.10.9", "3.10.13"))
    for folder in (older, newer):
        folder.mkdir(parents=True)
        python = folder / "python3.10"
        python.write_text("#!/bin/sh\necho 3.10\n")
        python.chmod(0o755)
    find = "from deploy.bootstrap.pythons import find_python; print(find_python(('3.10',), 'Rasa'))"
    env = {**NOTHING_ON_PATH, "PYENV_ROOT": str(tmp_path)}
    found = subprocess.run([sys.executable, "-c", find], env=env, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(newer / "python3.10")


def test_a_full_disk_is_found_before_anything_is_installed(checkout: Checkout) -> None:
    full = "import shutil, sys; shutil.disk_usage = lambda _: shutil._ntuple_diskusage(9**9, 9**9, 10**6); "
    start = "from deploy.bootstrap.__main__ import main; sys.exit(main(['setup']))"
    result = subprocess.run([sys.executable, "-c", full + start], cwd=checkout.root, capture_output=True, text=True)
    assert "disk is too full" in sentence(result)
    assert not (checkout.root / ".venv").exists()


def test_a_pip_that_cannot_install_says_so_and_leaves_no_stamp(checkout: Checkout) -> None:
    result = checkout.bootstrap("setup", PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    said = sentence(result)
    assert "pip could not install" in said
    assert "setup.log" in said
    assert not list(checkout.root.glob(".venv/installed-*"))


def test_a_second_set_up_installs_nothing(checkout: Checkout) -> None:
    checkout.pretend_installed("MODERN", "DIALOGUE")
    result = checkout.bootstrap("setup", **NOTHING_ON_PATH)
    assert result.returncode == 0, result.stdout
    assert checkout.calls == [
        "-m bot.system.content", "-m models.weights", "-m bot.nlu.train", "-m bot.cli knowledge index --own",
    ]  # fmt: skip
    assert result.stdout == ""


def test_a_changed_list_is_installed_again(checkout: Checkout) -> None:
    checkout.pretend_installed("MODERN", "DIALOGUE")
    for folder in (".venv", ".venv-rasa"):
        shutil.copy(checkout.root / folder / "bin" / "python", checkout.root / folder / "bin" / "pip")
        (checkout.root / folder / "bin" / "pip").write_text(f"#!{checkout.root / folder}/bin/python\n")
    with (checkout.root / "deploy/rasa.txt").open("a") as lock:
        lock.write("another==1.0\n")
    result = checkout.bootstrap("setup")
    assert result.returncode == 0, result.stdout
    assert [call for call in checkout.calls if "pip install" in call] == [
        f"-m pip install --no-input --no-deps -r {checkout.root}/deploy/rasa.txt"
    ]
    assert "Rasa and its packages" in result.stdout


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.12"])
def test_any_python_may_start_the_set_up(checkout: Checkout, version: str) -> None:
    from deploy.bootstrap.failure import Failure
    from deploy.bootstrap.pythons import find_python

    try:
        python = find_python((version,), "this test")
    except Failure:
        pytest.skip(f"this machine has no Python {version}")
    checkout.pretend_installed("MODERN", "DIALOGUE")
    result = subprocess.run([python, "-m", "deploy.bootstrap", "setup"], cwd=checkout.root, capture_output=True)
    assert result.returncode == 0, result.stderr
