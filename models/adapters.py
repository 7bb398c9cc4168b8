"""LoRA adapters: written small after training, and merged into the weights that they were trained on."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel


def merged(model: Any, adapter: str) -> Any:
    """The model with the adapter of a folder or hub id merged in. OSError or ValueError where it does not fit."""
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5 by a name that is on its way out.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        return PeftModel.from_pretrained(model, adapter).merge_and_unload()


def save(model: Any, base: str, out: Path) -> None:
    """Write what was trained, in bfloat16: half the size, and merging it in loses nothing that counts.

    `base` names the weights that it belongs to.
    """
    model.peft_config["default"].base_model_name_or_path = base
    small = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    model.save_pretrained(str(out), state_dict=small, save_embedding_layers=False)
    (out / "README.md").unlink(missing_ok=True)
    (out / "adapter_model.safetensors").chmod(0o644)
