"""Embeddings and re-ranking."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification

from models.reranker.engine import CrossReranker
from tests.models.conftest import Server, post

PAGES = [
    "passage: Most back pain gets better within a few weeks. Keep moving and do not stay in bed.",
    "passage: A child with a temperature of 38C or higher has a fever. Give plenty to drink.",
    "passage: Metformin is often the first medicine for type 2 diabetes.",
    "passage: Call your GP if it burns when you pee or you need to pee more often.",
]


async def vectors(client: aiohttp.ClientSession, texts: list[str]) -> Any:
    status, body = await post(client, "/v1/embeddings", {"model": "careline-embedder-2", "input": texts})
    assert status == 200, body
    return np.array([row["embedding"] for row in body["data"]])


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("孩子发烧39度怎么办？", 1),
        ("腰痛能不能下床活动？", 0),
        ("血糖高吃什么药？", 2),
        ("小便时刺痛，总想上厕所", 3),
        ("my back aches", 0),
    ],
)
async def test_a_question_is_nearest_to_the_page_that_answers_it(
    client: aiohttp.ClientSession, question: str, page: int
) -> None:
    asked, *pages = await vectors(client, [f"query: {question}", *PAGES])
    assert int(np.argmax(np.array(pages) @ asked)) == page


async def test_vectors_are_of_unit_length_in_order_and_the_same_alone_or_together(
    client: aiohttp.ClientSession,
) -> None:
    texts = [*PAGES, *(f"query: {number}" for number in range(20))]
    together = await vectors(client, texts)
    assert together.shape == (24, 384)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(await vectors(client, [texts[17]]), together[17:18], atol=1e-4)


async def test_base64_holds_the_same_floats(client: aiohttp.ClientSession) -> None:
    asked = {"model": "careline-embedder-2", "input": PAGES[0], "encoding_format": "base64"}
    _, body = await post(client, "/v1/embeddings", asked)
    decoded = np.frombuffer(base64.b64decode(body["data"][0]["embedding"]), "<f4")
    np.testing.assert_allclose(decoded, (await vectors(client, [PAGES[0]]))[0], atol=1e-6)
    assert body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 10


async def test_a_long_text_is_cut_where_the_caller_allows_it(client: aiohttp.ClientSession) -> None:
    asked = {"model": "careline-embedder-2", "input": "long " * 600, "truncate_prompt_tokens": -1}
    status, body = await post(client, "/v1/embeddings", asked)
    assert (status, body["usage"]["total_tokens"]) == (200, 512)


async def test_many_may_ask_for_vectors_and_readings_at_once(client: aiohttp.ClientSession) -> None:
    """One tokenizer counts and pads for all of them."""
    texts = [
        ["short"],
        ["query: " + "a longer one " * 30, "and a short one"],
        ["中等长度的一句话" * 4],
        ["b", "c " * 60],
    ]
    asks = [
        post(client, path, {"model": model, "input": one})
        for one in texts * 12
        for path, model in (("/v1/embeddings", "careline-embedder-2"), ("/classify", "careline-reader"))
    ]
    assert {status for status, _ in await asyncio.gather(*asks)} == {200}


async def test_reranking_puts_the_answering_document_first(client: aiohttp.ClientSession) -> None:
    asked = {"model": "careline-reranker", "query": "孩子发烧怎么办", "documents": PAGES, "top_n": 2}
    for path in ("/rerank", "/v1/rerank"):
        status, body = await post(client, path, asked)
        assert status == 200
        first, second = body["results"]
        assert first["index"] == 1
        assert first["document"] == {"text": PAGES[1]}
        assert first["relevance_score"] > second["relevance_score"]


def test_any_cross_encoder_folder_takes_the_rerankers_place(server: Server, tmp_path: Path) -> None:
    embedder = server.models.embedder
    tokenizer = embedder._model.tokenizer
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    scores = CrossReranker(str(tmp_path)).score("a question", ["one", "another one"])
    wanted = CrossEncoder(str(tmp_path), device="cpu").predict([("a question", "one"), ("a question", "another one")])
    np.testing.assert_allclose(scores, wanted, atol=1e-5)
