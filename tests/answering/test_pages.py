"""The pages are valid, and a broken one is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.answering.pages import load_page, load_pages
from actions.answering.regions import Regions
from actions.answering.words import language_of
from actions.settings import ROOT
from bot.triage import DataError

KNOWLEDGE = ROOT / "data" / "knowledge"
PAGE = """---
title: Hiccups
topic: hiccups
lang: en
area: digestion
region: GB
aliases:
  - hiccup
sources:
  - name: A source
    url: https://example.org/hiccups
reviewed: 2026-11-24
review_due: 2027-11-24
reviewer: editor
help: Call 999 if you cannot breathe.
---

## What are hiccups?

Hiccups are short, sudden movements of the muscle under the lungs.
"""


def broken(folder: Path, old: str, new: str, name: str = "hiccups.en.md") -> str:
    """What the loader says of the page above with one thing changed."""
    assert old in PAGE
    path = folder / "digestion" / name
    path.parent.mkdir()
    path.write_text(PAGE.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_page(path)
    return str(caught.value)


def test_every_page_loads_and_every_topic_has_both_languages() -> None:
    pages = load_pages(KNOWLEDGE)
    by_lang = {lang: {page.topic for page in pages if page.lang == lang} for lang in ("en", "zh")}
    assert by_lang["en"] == by_lang["zh"]
    assert len(by_lang["en"]) >= 12


def test_every_paragraph_is_a_passage_with_its_page_and_source() -> None:
    for page in load_pages(KNOWLEDGE):
        assert page.passages
        for passage in page.passages:
            assert (passage.title, passage.topic, passage.url) == (page.title, page.topic, page.sources[0].url)
            assert len(passage.sentences) >= 2
            assert all(language_of(sentence) == page.lang for sentence in passage.sentences)


def test_chinese_pages_name_chinese_numbers_and_no_british_ones() -> None:
    for page in load_pages(KNOWLEDGE):
        if page.lang == "zh":
            text = page.help + "".join(passage.text for passage in page.passages)
            assert "120" in text
            assert "999" not in text
            assert "NHS" not in text


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title: Hiccups\n", "", 1, "needs 'title'"),
        ("topic: hiccups", "topic: hicups", 3, "must be called hicups.en.md"),
        ("area: digestion", "area: pain", 5, "its area must be that"),
        ("  - hiccup\n", "  - 7\n", 8, "each alias must be a text"),
        ("https://example.org/hiccups", "example.org", 10, "whole web address"),
        ("reviewed: 2026-11-24", "reviewed: soon", 12, "must be a date"),
        ("review_due: 2027-11-24", "review_due: 2020-01-01", 13, "later than"),
        ("reviewer: editor", "reviewer: editor\nmood: good", 15, "no key called 'mood'"),
        ("title: Hiccups", "title: [Hiccups", 3, "not valid YAML"),
        ("## What are hiccups?", "# What are hiccups?", 18, "'## ' headings"),
        ("## What are hiccups?\n", "", 19, "under a '## ' heading"),
        ("the lungs.", "the lungs", 20, "end with a full stop"),
        (
            "Hiccups are short",
            "打嗝是膈肌突然收缩引起的，一般几分钟就会自己停下来。Hiccups",
            20,
            "not in the page's language",
        ),
        ("Hiccups are short", "long " * 120, 20, "too long"),
    ],
)
def test_a_broken_page_is_named_by_file_and_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    message = broken(tmp_path, old, new)
    assert f"digestion/hiccups.en.md:{line}: " in message
    assert says in message


def test_two_pages_on_one_topic_in_one_language_are_refused(tmp_path: Path) -> None:
    for area in ("digestion", "pain"):
        (tmp_path / area).mkdir()
        text = PAGE.replace("area: digestion", f"area: {area}")
        (tmp_path / area / "hiccups.en.md").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="already has a page"):
        load_pages(tmp_path)


def test_another_region_reads_its_own_numbers() -> None:
    regions = Regions.load(KNOWLEDGE / "regions.yml")
    page = next(page for page in load_pages(KNOWLEDGE) if page.topic == "headache" and page.lang == "en")
    american = regions.passage(page.passages[-1], "US")
    assert "911" in american.text
    assert "999" not in american.text
    assert "A&E" not in american.text
    assert regions.passage(page.passages[-1], "GB") == page.passages[-1]
