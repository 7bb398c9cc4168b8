"""Replies written side by side are those that are written alone, whenever they join and leave."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from models.generator.batch import Batch, Row, pick
from models.generator.sampling import Sampling
from models.generator.text import TextStream
from models.generator.weights import load_tokenizer
from models.settings import Settings

GREEDY = Sampling(temperature=0)


@pytest.fixture(scope="module")
def model() -> Any:
    """A small model with random weights, exact in float32."""
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=97,
        hidden_size=48,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=None,
    )
    return LlamaForCausalLM(config).eval()


def alone(model: Any, prompt: list[int], count: int) -> list[int]:
    output = model.generate(torch.tensor([prompt]), max_new_tokens=count, do_sample=False, pad_token_id=0)
    return list(output[0, len(prompt) :].tolist())


def test_rows_that_join_and_leave_at_any_time_are_what_they_are_alone(model: Any) -> None:
    prompts = [[5, 9, 22], [7, 8, 11, 40, 3, 2, 60, 61], [90], [4, 4, 8, 15, 16, 23, 42]]
    rows = [Row(prompt, GREEDY) for prompt in prompts]
    batch = Batch(model)
    batch.join(rows[0])
    for _ in range(4):
        batch.step()
    batch.join(rows[1])
    batch.step()
    batch.join(rows[2])
    batch.step()
    batch.step()
    batch.keep([rows[0], rows[2]])
    batch.step()
    batch.keep([rows[2]])
    batch.join(rows[3])
    for _ in range(3):
        batch.step()
    assert [len(row.tokens) for row in rows] == [9, 4, 7, 4]
    for row in rows:
        assert row.tokens == alone(model, row.prompt, len(row.tokens))


def test_an_emptied_batch_begins_anew(model: Any) -> None:
    batch = Batch(model)
    for prompt in ([1, 2, 3], [70, 71]):
        row = Row(prompt, GREEDY)
        batch.join(row)
        batch.step()
        assert row.tokens == alone(model, prompt, 2)
        batch.keep([])


def test_top_p_leaves_the_unlikely_out_and_always_has_a_choice() -> None:
    logits = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))
    row = Row([1], Sampling(temperature=1, top_p=0.6, seed=1))
    assert {pick(logits, row) for _ in range(200)} == {0, 1}
    assert {pick(logits, Row([1], Sampling(1, 0.01, seed))) for seed in range(50)} == {0}


def test_half_characters_and_half_stop_strings_are_held_back(settings: Settings) -> None:
    tokenizer = load_tokenizer(settings)
    ids = tokenizer("体温39度 STOP here")["input_ids"]
    stream = TextStream(tokenizer, ["STOP"])
    told = []
    for count in range(1, len(ids) + 1):
        told.append(stream.push(ids[:count], last=False))
        if stream.stopped:
            break
    assert "".join(told) == "体温39度 "
    assert not any("\ufffd" in piece for piece in told)
    assert stream.stopped
    ends_in_half = TextStream(tokenizer, ["STOP"])
    assert ends_in_half.push(tokenizer("full ST")["input_ids"], last=False) == "full "
    assert ends_in_half.push(tokenizer("full ST")["input_ids"], last=True) == "ST"
