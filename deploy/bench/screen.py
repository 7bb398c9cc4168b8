"""What the screen costs: the rules beside medspaCy's ConText with as many targets, by length, and the readers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import yaml

from bot.triage import screen
from deploy.bench.figures import spread, table, times

ROOT = Path(__file__).resolve().parents[2]
TRIAGE = ROOT / "data" / "triage"
MESSAGES = 1000
LENGTH = 300
LENGTHS = (300, 1_000, 3_000, 10_000, 100_000, 1_000_000)
_OPERATORS = re.compile(r"\.\.\.\d*|[()*?]")


def run(folder: Path) -> None:
    """Measure one after the other, on one core each."""
    messages = _messages(_texts("en"), LENGTH, MESSAGES)
    targets = list(_targets())
    screen("warm up")
    ours = spread(_taken(screen, messages))
    theirs = spread(_baseline(folder, targets, messages))
    rows = [
        ["medspaCy ConText", len(targets), theirs.p50, theirs.p95, theirs.p99, "baseline"],
        ["Careline's rules", len(targets), ours.p50, ours.p95, ours.p99, times(theirs.p50, ours.p50) + " faster"],
    ]
    head = ("", "wordings", "p50 ms", "p95 ms", "p99 ms", "median")
    table(f"{MESSAGES} English messages of {LENGTH} characters", head, rows)
    _by_length()
    _reader(messages[:100])


def _by_length() -> None:
    rows = []
    for name, text in (("English", _joined("en")), ("Chinese", _joined("zh")), ("emoji", "😀🚑" * 50_000)):
        for length in LENGTHS:
            # none twice: what was read is remembered
            messages = ["".join(islice(cycle(text), start, start + length)) for start in range(5)]
            taken = spread(_taken(screen, messages)).p50
            rows.append([name, f"{length:,}", taken, taken / length * 1000])
    table("By length", ("", "characters", "ms", "µs a character"), rows)


def _reader(messages: Sequence[str]) -> None:
    from bot.conversation.words_reader import WordsReader
    from bot.settings import WORDS_FILE
    from models.reader.engine import Reader
    from models.settings import Settings

    settings = Settings()
    reader = Reader.load(str(settings.encoder_source), settings.reader_adapter)
    reader.classify(["warm up"])
    encoder = spread(_taken(lambda message: reader.classify([message]), messages))
    words = spread(_taken(WordsReader.load(WORDS_FILE).read, messages))
    rows = [["by words", words.p50, words.p95], ["classifier", encoder.p50, encoder.p95]]
    table("The learned readers, one message at a time", ("", "p50 ms", "p95 ms"), rows)


def _taken(read: Callable[[str], object], messages: Sequence[str]) -> list[float]:
    taken = []
    for message in messages:
        began = time.perf_counter()
        read(message)
        taken.append(time.perf_counter() - began)
    return taken


def _baseline(folder: Path, targets: Sequence[str], messages: Sequence[str]) -> list[float]:
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        print("Setting up .venv-bench (deploy/bench/medspacy.txt)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", ROOT / ".venv-bench"], check=True)
        needed = ["--quiet", "--no-deps", "-r", ROOT / "deploy" / "bench" / "medspacy.txt"]
        subprocess.run([python, "-m", "pip", "install", *needed], check=True)
    work = json.dumps({"targets": targets, "messages": messages})
    program = ROOT / "deploy" / "bench" / "context_baseline.py"
    done = subprocess.run([python, program], input=work, capture_output=True, text=True, check=True, cwd=folder)
    taken: list[float] = json.loads(done.stdout)
    return taken


def _texts(lang: str) -> list[str]:
    """The labelled messages of one language, in the order of the files."""
    rows = [json.loads(line) for path in sorted((TRIAGE / "messages").glob("train_*.jsonl")) for line in path.open()]
    return [row["text"] for row in rows if row["lang"] == lang]


def _joined(lang: str) -> str:
    return (" " if lang == "en" else "").join(_texts(lang))


def _messages(texts: Sequence[str], length: int, count: int) -> list[str]:
    """Messages of just this length, of whole labelled messages one after the other."""
    text = " ".join(texts)
    return [text[start : start + length] for start in islice(cycle(range(0, len(text) - length, length)), count)]


def _targets() -> Iterator[str]:
    """Every wording of the lexicon as plain words: the first of its alternatives, without gaps."""
    for path in sorted((TRIAGE / "lexicon").glob("*.yml")):
        for finding in yaml.safe_load(path.read_text(encoding="utf-8"))["findings"]:
            for lang in ("en", "zh"):
                for wording in finding.get(lang) or ():
                    yield _OPERATORS.sub(" ", re.sub(r"\(([^|()]*)\|[^()]*\)", r"\1", wording)).strip() or finding["id"]
