"""Importing again changes only what changed; what cannot be read is named and costs only itself."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.answering.library import FILE, Library, LibraryError, opened
from actions.answering.topic import Passage
from actions.answering.words import Lexicon
from actions.importing.importer import Busy, alone
from actions.settings import ROOT
from tests.importing.conftest import Import

Said = Callable[[], list[Passage]]


@pytest.fixture
def leaflets(tmp_path: Path) -> Path:
    folder = tmp_path / "leaflets"
    folder.mkdir()
    for name in ("gout", "flu", "wounds"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nThis page tells about {name}.\n")
    return folder


def rows(library: Library) -> list[tuple[object, ...]]:
    """All that is kept of documents, with the numbers of their rows."""
    return library._db.execute("SELECT * FROM documents ORDER BY id").fetchall()


def test_a_second_run_does_nothing(leaflets: Path, take: Import, library: Library) -> None:
    assert take("folder", leaflets).added == 3
    before = rows(library)
    again = take("folder", leaflets)
    assert (again.unchanged, again.added, again.changed, again.removed, again.passages) == (3, 0, 0, 0, 0)
    assert rows(library) == before


def test_a_page_that_comes_twice_counts_once(tmp_path: Path, take: Import, said: Said) -> None:
    page = {"condition": "Gout", "overview": "Gout is a swollen joint.", "url": "https://example.org/gout"}
    (tmp_path / "a.json").write_text(json.dumps([page]))
    (tmp_path / "b.json").write_text(json.dumps([page | {"overview": "Gout hurts."}]))
    first, second = take("nhs", tmp_path), take("nhs", tmp_path)
    assert (first.added, first.repeated, first.changed) == (1, 1, 0)
    assert (second.unchanged, second.repeated, second.changed) == (1, 1, 0)
    assert [one.text for one in said()] == ["Gout is a swollen joint."]


def test_a_folder_of_medquad_lines_is_read(tmp_path: Path, take: Import, said: Said) -> None:
    line = {"question": "What is (are) Gout ?", "answer": "Gout is a swollen joint.", "focus": "Gout"}
    (tmp_path / "answers.jsonl").write_text(json.dumps(line))
    assert take("medquad", tmp_path).added == 1
    assert [one.text for one in said()] == ["Gout is a swollen joint."]


def test_only_what_changed_is_read_again(leaflets: Path, take: Import, library: Library, said: Said) -> None:
    take("folder", leaflets)
    before = {row[2]: row[0] for row in rows(library)}
    (leaflets / "flu.md").write_text("# flu\n\nThis page tells more about flu.\n")
    (leaflets / "gout.md").unlink()
    (leaflets / "new.md").write_text("# new\n\nThis page is new.\n")
    counts = take("folder", leaflets)
    assert (counts.unchanged, counts.added, counts.changed, counts.removed) == (1, 1, 1, 1)
    after = {row[2]: row[0] for row in rows(library)}
    assert after["wounds.md"] == before["wounds.md"]
    assert {one.text for one in said()} == {
        "This page tells about wounds.", "This page tells more about flu.", "This page is new.",
    }  # fmt: skip


def test_another_licence_reaches_every_passage(leaflets: Path, take: Import, said: Said) -> None:
    take("folder", leaflets)
    assert take("folder", leaflets, licence="CC BY 4.0").changed == 3
    assert {one.licence for one in said()} == {"CC BY 4.0"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bad.pdf", b"%PDF-1.4 and no more", "bad.pdf: the file is damaged"),
        ("bad.docx", b"PK no archive", "bad.docx: the file is damaged"),
        ("bad.md", b"fine\nnot \xff fine", "bad.md:2: the file is not UTF-8 text"),
        ("empty.html", b"<html><body></body></html>", "empty.html: there is no text in it"),
        ("french.md", b"---\nlang: fr\n---\nBonjour.", "french.md: its language is 'fr'"),
    ],
)
def test_a_bad_file_is_named_and_costs_only_itself(
    leaflets: Path, take: Import, said: Said, name: str, content: bytes, says: str
) -> None:
    (leaflets / name).write_bytes(content)
    counts = take("folder", leaflets)
    assert counts.added == 3
    (fault,) = counts.faults
    assert says in fault
    assert len(said()) == 3


def test_a_document_that_became_unreadable_stays_as_it_was(leaflets: Path, take: Import, said: Said) -> None:
    take("folder", leaflets)
    (leaflets / "flu.md").write_bytes(b"\xff\xfe\xff")
    counts = take("folder", leaflets)
    assert len(counts.faults) == 1
    assert "This page tells about flu." in {one.text for one in said()}
    assert len(take("folder", leaflets).faults) == 1


@pytest.mark.parametrize(
    ("kind", "name", "content", "says"),
    [
        ("medquad", "a.jsonl", b'{"question": "Q?", "focus": "F", "answer": "So."}\n{"question": \n', "a.jsonl:2: "),
        ("medquad", "b.jsonl", b'{"question": "Q?", "focus": "F"}\n', "b.jsonl:1: the text 'answer' is missing"),
        ("nhs", "c.json", b'[{"condition": "C",\n "symptoms": 7}]', "c.json record 1: 'symptoms' must be"),
        ("nhs", "d.json", b"[\n\n{]", "d.json:3: this is not JSON"),
        ("medlineplus", "e.xml", b"<health-topics>\n<health-topic", "e.xml:2: this is not valid XML"),
        ("faq", "f.csv", b"question,reply\na,b\n", "f.csv:1: the first row names the columns"),
        ("faq", "g.csv", b"question,answer\nWhy?,\n", "g.csv:2: the answer is empty"),
        ("faq", "h.csv", b"question,answer\nWhy?,So.\nwhy?,No.\n", "h.csv:3: the same question stands in"),
        ("faq", "i.xlsx", b"no workbook", "i.xlsx: this is not an XLSX workbook"),
    ],
)  # fmt: skip
def test_a_fault_in_a_file_of_many_names_its_place(
    tmp_path: Path, take: Import, kind: str, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (fault,) = take(kind, tmp_path / name).faults
    assert says in fault


def test_a_source_that_breaks_off_loses_nothing(tmp_path: Path, take: Import, library: Library) -> None:
    topic = '<health-topic title="T{0}" id="{0}" language="English" url="https://m.example/{0}"><full-summary>' \
            "Topic {0} is told.</full-summary></health-topic>"  # fmt: skip
    path = tmp_path / "topics.xml"
    path.write_text(f"<health-topics>{topic.format(1)}{topic.format(2)}</health-topics>")
    assert take("medlineplus", path).added == 2
    path.write_text(f"<health-topics>{topic.format(1)}")
    assert len(take("medlineplus", path).faults) == 1
    assert len(library.topics("en")) == 2
    assert not library.holdings()[0].whole


def questions(path: Path, count: int) -> None:
    with path.open("w") as file:
        for n in range(count):
            answer = f"Sentence one of answer {n} tells something. " * 20
            row = {"question": f"What is thing {n}?", "focus": f"Thing {n}", "answer": answer, "file": str(n)}
            file.write(json.dumps(row) + "\n")


def test_killed_and_started_again_nothing_is_lost(
    tmp_path: Path, take: Import, library: Library, lexicons: dict[str, Lexicon]
) -> None:
    source, folder = tmp_path / "many.jsonl", tmp_path / "killed" / "knowledge"
    questions(source, 4000)
    command = [sys.executable, "-m", "bot.cli", "knowledge", "import", "medquad", str(source), "--name", "medquad"]
    env = {**os.environ, "CARELINE_STATE": str(tmp_path / "killed")}
    kills = 0
    for _ in range(2):
        process = subprocess.Popen([*command, "--no-vectors"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        before = kept(folder)
        while process.poll() is None and kept(folder) <= before:
            time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait(timeout=60)
    assert kills == 2
    assert 0 < kept(folder) < 4000
    done = subprocess.run([*command, "--no-vectors"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "4,000 documents" in done.stdout
    assert " 0 unchanged" not in done.stdout
    assert take("medquad", source).added == 4000
    with opened(folder, lexicons) as resumed:
        assert resumed.topics("en") == library.topics("en")
        assert list(resumed.keys("en")) == list(library.keys("en"))
        assert resumed.holdings()[0].whole


def kept(folder: Path) -> int:
    """Documents that a run has committed so far."""
    if not (folder / FILE).exists():
        return 0
    connection = sqlite3.connect(folder / FILE)
    try:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # it has not made its tables yet
        return 0
    finally:
        connection.close()


def test_two_imports_do_not_mix(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(Busy), alone(tmp_path):
        pass


def test_other_synonyms_make_the_words_anew(tmp_path: Path, leaflets: Path, take: Import, library: Library) -> None:
    take("folder", leaflets)
    assert library.fresh("en")
    lexicon = Lexicon([["flu", "influenza"]])
    with opened(tmp_path / "library", {"en": lexicon, "zh": lexicon}) as later:
        assert not later.fresh("en")
        later.refresh()
        assert later.fresh("en")
        assert any("=flu" in keys for keys in later.keys("en"))


def test_a_library_of_another_version_is_not_touched(tmp_path: Path, lexicons: dict[str, Lexicon]) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryError, match="another version"), opened(tmp_path, lexicons):
        pass
