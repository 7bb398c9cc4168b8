"""The tuned embedder: what it is trained on, what its figures count, and that its adapter is served."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from actions.answering import calibrate
from actions.answering.pages import load_pages
from models.embedder.card import card
from models.embedder.engine import Embedder
from models.embedder.figures import figures
from models.embedder.questions import DATA, Labelled, Section, is_held_back, read
from models.embedder.train import RECIPE
from models.settings import Settings


def test_it_learns_the_sections_that_the_pipeline_searches_and_only_questions_that_some_section_answers() -> None:
    sections, questions = read()
    searched = {(page.lang, one.content) for page in load_pages(DATA / "knowledge") for one in page.passages}
    assert {(one.lang, one.content) for one in sections} == searched
    for one in questions:
        assert all((sections[at].lang, sections[at].topic) == (one.lang, one.topic) for at in one.sections)
    assert 0.15 < np.mean([one.held_back for one in questions]) < 0.25


def test_a_label_that_names_no_section_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "knowledge" / "breathing" / "cold.en.md"
    page.parent.mkdir(parents=True)
    page.write_text("---\ntitle: Cold\n---\n\n## How long?\n\nA week.\n", "utf-8")
    (tmp_path / "questions").mkdir()
    label = tmp_path / "questions" / "breathing.en.yml"
    label.write_text('cold:\n  covered: [{q: "how long", heading: "How long?"}]\n  near: ["price"]\n', "utf-8")
    _, (covered, near) = read(tmp_path)
    assert (covered.sections, near.sections) == ((0,), ())
    label.write_text('cold:\n  covered: [{q: "how long", heading: "Why?"}]\n  near: []\n', "utf-8")
    with pytest.raises(KeyError, match="Why"):
        read(tmp_path)


def test_training_and_calibration_hold_back_the_same_questions() -> None:
    texts = [one.text for one in read()[1][:200]]
    assert [is_held_back(text) for text in texts] == [calibrate.is_held_back(text) for text in texts]


def test_figures_count_sections_topics_and_order() -> None:
    sections = [Section("en", "cold", "a", ""), Section("en", "cold", "b", ""), Section("zh", "cold", "c", "")]
    told = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    questions = [
        Labelled("right", "en", "cold", (0,), True),
        Labelled("another section", "en", "cold", (0,), True),
        Labelled("not told", "en", "cold", (), True),
    ]
    asked = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    first, among = figures(questions, sections, asked, told, langs=("en",))["en"], 2
    assert (first["covered"], first["not covered"]) == (2, 1)
    assert (first["section first"], first["topic first"], first["section among 5"]) == (0.5, 1.0, among / 2)
    assert first["auc"] == 1.0


def test_the_card_says_what_was_measured() -> None:
    part = {"covered": 10, "not covered": 5, "section first": 0.5, "topic first": 0.7, "section among 5": 0.8, "auc": 1}
    report = {"tuned": {"en": part, "zh": part}, "untuned": {"en": {**part, "auc": 0.71}, "zh": part}}
    text = card({**report, "training": {"questions": 9, "epochs": 2, "seed": 7, "seconds": 3}}, RECIPE)
    assert "| English, untuned | 10 | 5 | 50% | 70% | 80% | 0.71 |" in text


def test_our_adapter_is_served_and_only_with_our_weights(settings: Settings) -> None:
    adapter = settings.embedder_adapter_source
    assert adapter
    assert Settings(EMBEDDER_WEIGHTS="another/model").embedder_adapter_source is None
    assert Settings(EMBEDDER_ADAPTER="none").embedder_adapter_source is None
    texts = [
        "query: can i take paracetamol with ibuprofen",
        "passage: Paracetamol and ibuprofen may be taken together.",
    ]
    tuned = Embedder(settings.embedder_source, adapter).encode(texts)
    untuned = Embedder(settings.embedder_source).encode(texts)
    np.testing.assert_allclose(np.linalg.norm(tuned, axis=1), 1, atol=1e-4)
    assert not np.allclose(tuned, untuned, atol=0.05)
