"""Loads the generator: its tokenizer, and its weights with the adapter merged in."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from models.adapters import merged
from models.settings import Settings


def dtype(settings: Settings) -> torch.dtype:
    """bfloat16 where the processor computes in it: it halves the memory, and elsewhere it is slow."""
    if settings.generator_dtype != "auto":
        return torch.bfloat16 if settings.generator_dtype == "bfloat16" else torch.float32
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def load_tokenizer(settings: Settings) -> Any:
    """The tokenizer with its chat template. ValueError when there is no template."""
    tokenizer = AutoTokenizer.from_pretrained(settings.generator_source)
    if not tokenizer.chat_template:
        raise ValueError(f"{settings.generator_source} has no chat template: an instruct model is needed")
    return tokenizer


def load_model(settings: Settings) -> Any:
    """The model, ready to generate."""
    adapter = settings.generator_adapter_source
    # Merging in bfloat16 would round the adapter's small steps away.
    first = torch.float32 if adapter else dtype(settings)
    model: Any = AutoModelForCausalLM.from_pretrained(settings.generator_source, dtype=first)
    if adapter:
        model = merged(model, adapter)
    return model.to(dtype(settings)).eval()
