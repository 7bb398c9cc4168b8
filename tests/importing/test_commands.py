"""`careline knowledge`, as an operator and an editor type it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.answering.assemble import assemble
from actions.settings import ROOT, Settings
from bot.commands.knowledge import knowledge_app

PAGE = """---
title: {title}
topic: {topic}
lang: {lang}
area: area
region: GB
aliases:
  - {alias}
sources:
  - name: A source
    url: {url}
reviewed: 2025-01-01
review_due: {due}
reviewer: editor
help: Call 999 if you cannot breathe.
---

## {title}?

{text}
"""


class Server(ThreadingHTTPServer):
    """Embeddings of the OpenAI shape, made of a text's length; and pages that are there or gone."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        self.server.asked += texts
        data = [{"index": n, "embedding": [len(text), 1.0]} for n, text in enumerate(texts)]
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> Path:
    """A folder of pages with one topic in both languages, and the settings that name it."""
    folder = tmp_path / "pages"
    (folder / "area").mkdir(parents=True)
    for name in ("synonyms.yml", "overlooked.yml", "regions.yml"):
        (folder / name).write_bytes((ROOT / "data" / "knowledge" / name).read_bytes())
    write(folder, "hiccups", url=f"{server.url}/there")
    write(folder, "hiccups", lang="zh", title="打嗝", alias="打嗝不停", text="打嗝很快会停。通常不用治疗。")
    monkeypatch.setenv("CARELINE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("CARELINE_KNOWLEDGE", str(folder))
    monkeypatch.setenv("EMBEDDINGS_URL", f"{server.url}/v1")
    return folder


def write(folder: Path, topic: str, **said: str) -> None:
    told = {
        "title": "Hiccups",
        "alias": "hiccup",
        "url": "https://example.org/",
        "lang": "en",
        "text": "They stop soon.",
    }
    due = str(date.today() + timedelta(days=100))  # noqa: DTZ011 - as the command has it
    text = PAGE.format(topic=topic, **{**told, "due": due, **said})
    (folder / "area" / f"{topic}.{said.get('lang', 'en')}.md").write_text(text, encoding="utf-8")


def careline(*arguments: str) -> Result:
    return CliRunner().invoke(knowledge_app, list(arguments))


def test_import_then_again_then_list_then_remove(tmp_path: Path, pages: Path, server: Server) -> None:
    source = tmp_path / "ward"
    source.mkdir()
    (source / "gout.md").write_text("# Gout\n\nGout hurts.\n")
    first = careline("import", "folder", str(source), "--source", "St Example")
    assert first.exit_code == 0, first.output
    assert "1 documents: 1 new" in first.output
    assert len(server.asked) == 3
    again = careline("import", "folder", str(source), "--source", "St Example")
    assert "0 new, 0 changed, 1 unchanged" in again.output
    assert len(server.asked) == 3
    assert "folder-ward" in careline("list").output
    assert careline("remove", "folder-ward").exit_code == 0
    assert careline("list").output == ""
    assert careline("remove", "folder-ward").exit_code == 1


def test_the_action_server_finds_the_vectors_ready(tmp_path: Path, pages: Path, server: Server) -> None:
    (tmp_path / "gout.txt").write_text("Gout hurts.\n")
    careline("import", "folder", str(tmp_path / "gout.txt"), "--source", "St Example")
    server.asked.clear()

    async def read() -> bool:
        settings = Settings()
        parts = assemble(settings)
        parts.take_imported()
        own = await parts.retriever.index(settings.index)
        imported = await parts.retriever.read_imported(settings.index)
        await parts.http.close()
        return own and imported

    assert asyncio.run(read())
    assert server.asked == []


def test_faults_are_shown_and_the_exit_status_is_one(tmp_path: Path, pages: Path) -> None:
    source = tmp_path / "ward"
    source.mkdir()
    (source / "a.pdf").write_bytes(b"nothing")
    (source / "b.txt").write_text("A good one.")
    result = careline("import", "folder", str(source), "--source", "St Example", "--no-vectors")
    assert result.exit_code == 1
    assert "a.pdf: the file is damaged" in result.output
    assert "1 new" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"), [(("leaflets",), "There is no kind 'leaflets'"), (("folder",), "with --source")]
)
def test_what_is_missing_is_said(pages: Path, arguments: tuple[str, ...], says: str) -> None:
    result = careline("import", *arguments, str(pages))
    assert result.exit_code == 1
    assert says in result.output


def test_without_embeddings_words_have_to_do(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_URL", "")
    result = careline("index")
    assert result.exit_code == 0
    assert "by their words alone" in result.output


def test_pages_that_are_well_are_well(pages: Path) -> None:
    result = careline("check")
    assert result.exit_code == 0, result.output
    assert "2 pages can be read; 0 errors, 0 to look at." in result.output


def test_check_names_what_editors_have_to_mend(pages: Path) -> None:
    write(pages, "gout", title="Gout", alias="hiccup", due="2025-06-01")
    (pages / "area" / "broken.en.md").write_text("no front matter")
    result = careline("check")
    assert result.exit_code == 1
    assert "area/broken.en.md:1: the page must start with" in result.output
    assert "area/gout.en.md: its review was due on 2025-06-01." in result.output
    assert "area/gout.en.md: there is no page on this topic in 'zh'." in result.output
    assert "'hiccup' is a name of" in result.output
    assert "3 pages can be read; 2 errors, 2 to look at." in result.output


def test_missing_translations_alone_are_no_error(pages: Path) -> None:
    write(pages, "gout", title="Gout", alias="gouty")
    assert careline("check").exit_code == 0


def test_dead_sources_are_looked_for_when_asked(pages: Path, server: Server) -> None:
    write(pages, "hiccups", url=f"{server.url}/gone")
    write(pages, "hiccups", lang="zh", title="打嗝", alias="打嗝不停", text="打嗝很快会停。", url="http://127.0.0.1:1/")
    assert careline("check").exit_code == 0
    result = careline("check", "--sources")
    assert result.exit_code == 1
    assert f"the source {server.url}/gone is gone (404)" in result.output
    assert "could not be opened (ClientConnector" in result.output
    assert "1 errors, 1 to look at" in result.output
