"""The reader: what it is trained on, how it is trained, loaded and served."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path

import aiohttp
import pytest
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from models.adapters import save
from models.reader.card import card
from models.reader.engine import LONGEST, Reader
from models.reader.everyday import everyday
from models.reader.figures import figures
from models.reader.messages import ACUITIES, DataError, Message, read, split
from models.reader.train import RECIPE, tune
from models.reader.variants import variant
from models.settings import Settings
from tests.models.conftest import Server, post

MESSAGES = {
    "emergency": [
        "crushing chest pain",
        "I cannot breathe",
        "胸口剧痛喘不上气",
        "he is unconscious",
        "突然半边身子不能动",
    ],
    "urgent": [
        "fever for five days",
        "blood in my urine",
        "孩子高烧三天不退",
        "my wound is red and hot",
        "一直拉肚子还尿不出",
    ],
    "routine": [
        "my knee has hurt for months",
        "a mole I want checked",
        "想检查一下甲状腺",
        "long-standing back ache",
        "慢性胃痛想看医生",
    ],
    "self_care": ["a runny nose", "a small bruise", "有点流鼻涕", "mild sunburn", "嗓子有点干"],
}


def _messages(folder: Path) -> Path:
    rows = [{"text": text, "acuity": acuity} for acuity, texts in MESSAGES.items() for text in texts]
    (folder / "messages.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return folder


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    folder = tmp_path_factory.mktemp("messages")
    rows = [{"text": text, "acuity": acuity} for acuity, texts in MESSAGES.items() for text in texts]
    (folder / "round_4.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return read(folder)


@pytest.fixture(scope="module")
def adapter(server: Server, messages: list[Message], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained on these few messages, as the command does it."""
    model, _tokenizer, _seconds = tune(messages, Settings(state=Path(".careline")), epochs=20, seed=1)
    folder = tmp_path_factory.mktemp("trained") / "adapter"
    save(model, "multilingual-e5-small", folder)
    return folder


@pytest.mark.slow
async def test_a_trained_reader_is_listed_and_classifies(
    server: Server, client: aiohttp.ClientSession, adapter: Path
) -> None:
    before = server.models
    reader = Reader.load(Settings().encoder_source, adapter, before.embedder.word_embeddings)
    server.shelf.loaded = dataclasses.replace(before, reader=reader)
    try:
        texts = ["crushing pain in my chest", "a runny nose", "突然半边身子动不了"]
        status, body = await post(client, "/classify", {"model": "careline-reader", "input": texts})
        async with client.get("/v1/models") as response:
            names = [row["id"] for row in (await response.json())["data"]]
    finally:
        server.shelf.loaded = before
    assert status == 200
    alarm = [row["probs"][0] for row in body["data"]]
    assert alarm[1] < min(alarm[0], alarm[2])
    for row in body["data"]:
        assert row["num_classes"] == len(row["probs"]) == 4
        assert sum(row["probs"]) == pytest.approx(1, abs=1e-4)
    assert "careline-reader" in names


@pytest.mark.slow
def test_the_danger_in_the_middle_of_a_long_message_is_read(adapter: Path) -> None:
    reader = Reader.load(Settings().encoder_source, adapter)
    chatter = "a runny nose, a small bruise. " * 60
    assert reader.tokens([chatter])[0] > 2 * LONGEST
    calm, alarmed = reader.classify([chatter, f"{chatter} crushing pain in my chest and cannot breathe. {chatter}"])
    assert alarmed[0] > calm[0]


def test_the_reader_that_comes_along_is_well_and_in_the_order_of_the_acuities(server: Server) -> None:
    reader = server.models.reader
    assert reader is not None
    rows = reader.classify(
        ["my husband has collapsed, he is blue and not breathing", "what time do you open on sunday"]
    )
    assert reader.labels == ACUITIES
    assert rows[0][0] > 0.5 > rows[0][3]
    assert rows[1][3] > 0.5 > rows[1][0]


def test_any_classifier_of_the_four_acuities_takes_its_place_whatever_their_order(
    server: Server, tmp_path: Path
) -> None:
    names = dict(enumerate(reversed(ACUITIES)))
    config = BertConfig(
        vocab_size=250100, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label=names, label2id={name: number for number, name in names.items()},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    model.classifier.weight.data.zero_()
    model.classifier.bias.data[:] = 0
    model.classifier.bias.data[3] = 9.0  # its fourth label is the first acuity
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(Settings().encoder_source).save_pretrained(tmp_path)
    assert Reader.whole(str(tmp_path)).classify(["anything"])[0][0] > 0.99


def test_a_classifier_of_something_else_is_refused(server: Server, tmp_path: Path) -> None:
    config = BertConfig(
        vocab_size=250100, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, num_labels=2
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(Settings().encoder_source).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="LABEL_0"):
        Reader.whole(str(tmp_path))


def test_a_round_is_kept_out_whole_and_the_rest_by_a_choice_that_never_changes(messages: list[Message]) -> None:
    more = [Message(f"message {n}", "routine", "en", "train_a") for n in range(200)]
    trained, kept_out = split([*messages, *more], 0.1, [4])
    assert {message.file for message in trained} == {"train_a"}
    assert len(messages) < len(kept_out) < len(messages) + 40
    assert split([*messages, *more], 0.1, [4]) == (trained, kept_out)


def test_variants_keep_the_acuity_or_take_that_of_the_worse_of_two(messages: list[Message]) -> None:
    calm = next(message for message in messages if message.acuity == "self_care")
    emergencies = [message for message in messages if message.acuity == "emergency"]
    rng = random.Random(0)
    seen = {variant(calm, emergencies, rng)[1] for _ in range(60)}
    assert seen == {"self_care", "emergency"}
    assert {variant(emergencies[0], [calm], rng)[1] for _ in range(60)} == {"emergency"}


def test_the_card_shows_what_was_measured(messages: list[Message]) -> None:
    rows = [[0.9, 0.05, 0.03, 0.02] if message.acuity == "emergency" else [0, 0, 0, 1] for message in messages]
    measured = figures(messages, rows)
    assert measured["both"]["emergency"]["0.8"] == {"emergencies": 1.0, "routine": 0.0, "self_care": 0.0}
    assert measured["both"]["human"]["0.8"]["urgent"] == 0.0
    took = {"messages": 9, "everyday lines": 5, "epochs": 1, "seed": 7, "seconds": 3, "rounds kept out": [4]}
    page = card({"training": took, "kept out": measured, "everyday lines kept out": {"0.6": 0.01}}, RECIPE)
    assert "| 0.8 | 100.0% | 0.0% | 0.0% |" in page
    assert "rounds 4" in page


def test_everyday_lines_are_no_complaints_in_both_languages() -> None:
    lines = everyday()
    assert {line.acuity for line in lines} == {"self_care"}
    assert {line.lang for line in lines} == {"en", "zh"}
    assert {"hello", "你好"} <= {line.text for line in lines}


def test_a_broken_message_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "more.jsonl"
    path.write_text('{"text": "fine", "acuity": "urgent"}\n{"text": "odd", "acuity": "soon"}\n')
    with pytest.raises(DataError, match=r"more.jsonl:2: the acuity is none of"):
        read(tmp_path)
