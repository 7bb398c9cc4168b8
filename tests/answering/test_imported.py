"""Imported passages answer what our own pages do not, with their source and licence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.answering.answer import Answer, Question
from actions.answering.assemble import Assembled, assemble
from actions.answering.coverage import Judge
from actions.answering.library import FILE, Stored, opened
from actions.answering.words import load_lexicons
from actions.settings import ROOT
from tests.answering.conftest import settings

LUPUS = "Lupus is a long-term condition that causes joint pain and rashes. If your chest hurts, call 911 at once."


def stored(title: str, heading: str, text: str, **said: str) -> Stored:
    told = {"lang": "en", "region": "US", "url": "https://x.example/", "source": "Example Set", "licence": "CC BY 4.0"}
    return Stored(title, "digest", title=title, aliases=(), passages=((heading, text),), **{**told, **said})


@pytest.fixture
async def imported(tmp_path: Path) -> AsyncIterator[Assembled]:
    """The pipeline over the real pages and two imported documents."""
    with opened(tmp_path / "knowledge", load_lexicons(ROOT / "data" / "knowledge")) as library:
        library.refresh()
        library.begin("set", "folder", "/set")
        library.put("set", stored("Lupus", "What does lupus do to the joints?", LUPUS))
        library.put("set", stored("Ibuprofen", "How much ibuprofen can I take?", "An imported word on ibuprofen."))
        library.put("set", stored("红斑狼疮", "红斑狼疮有什么症状？", "红斑狼疮常见关节痛和皮疹。", lang="zh"))
        library.commit()
    found = assemble(settings(tmp_path))
    found.take_imported()
    yield found
    await found.http.close()


async def ask(parts: Assembled, text: str, lang: str = "en", region: str | None = None) -> Answer:
    return await parts.pipeline.ask(Question(text, lang, region))


async def test_what_was_imported_is_cited_with_its_source_and_licence(imported: Assembled) -> None:
    answer = await ask(imported, "what are the symptoms of lupus")
    assert answer.outcome == "answered"
    (citation,) = answer.citations
    assert citation.title == "Lupus (Example Set)"
    assert citation.to_dict()["licence"] == "CC BY 4.0"
    assert citation.url == "https://x.example/"
    chinese = await ask(imported, "红斑狼疮有什么症状", "zh")
    assert "关节痛" in chinese.text


async def test_our_own_pages_come_first(imported: Assembled) -> None:
    answer = await ask(imported, "How much ibuprofen can I take in a day?")
    assert "imported" not in answer.text
    assert all("licence" not in citation.to_dict() for citation in answer.citations)


@pytest.mark.parametrize(("region", "number"), [(None, "999"), ("US", "911"), ("IN", "112")])
async def test_the_number_to_call_is_that_of_the_patients_region(
    imported: Assembled, region: str | None, number: str
) -> None:
    answer = await ask(imported, "what are the symptoms of lupus", region=region)
    assert f"call {number} at once" in answer.text
    assert answer.help is not None
    assert number in answer.help
    assert "911" not in answer.text.replace(number, "")


def test_a_topic_has_to_be_meant(imported: Assembled) -> None:
    shelf = imported.retriever.imported["en"]
    judge = Judge.load(ROOT / "data" / "policy" / "coverage.yml")
    alike = shelf.search("pain in the joints", None)
    assert judge.decide(alike, shelf).covered
    assert not judge.decide_imported(alike, shelf).covered
    assert judge.decide_imported(shelf.search("symptoms of lupus", None), shelf).covered


async def test_what_came_nearest_is_told_to_the_editors(imported: Assembled) -> None:
    answer = await ask(imported, "can I go on a rollercoaster with high blood pressure")
    assert answer.outcome == "not_covered"
    assert answer.to_dict()["near"][0] == "high-blood-pressure"
    assert (await ask(imported, "what are the opening hours of the zoo")).near == ()


async def test_a_broken_library_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / FILE).write_bytes(b"no database, but a file of another kind" * 100)
    parts = assemble(settings(tmp_path))
    parts.take_imported()
    assert (await ask(parts, "How long does a cold last?")).outcome == "answered"
    await parts.http.close()
