"""Trains the reader: `python -m models.reader.train`.

Reads every `*.jsonl` of `data/triage/messages` (one message a line, fields `text` and `acuity`) and fine-tunes the
multilingual encoder on them and on half of the everyday lines (everyday.py): LoRA on every matrix of its layers, a
fresh head of four acuities. A share of the messages and the latest rounds are kept out and only measured on. Writes
the adapter, its figures and its card.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from click import echo
from peft import LoraConfig, get_peft_model
from torch.utils.data import Dataset
from transformers import AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments

from models.adapters import save
from models.reader.card import card
from models.reader.engine import LONGEST, Reader, classifier
from models.reader.everyday import everyday
from models.reader.figures import BARS, figures
from models.reader.messages import ACUITIES, MESSAGES, DataError, Message, read, split
from models.reader.variants import variant
from models.settings import ROOM, Settings

RECIPE: dict[str, Any] = {"r": 16, "lora_alpha": 32, "lora_dropout": 0.1, "learning_rate": 5e-4, "batch": 16}
_LAYERS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
_HELD_OUT = 0.1
_EVERYDAY = 0.5
"""Share of the everyday lines that are learnt from: enough to know them, and not to outweigh the complaints."""


class Variants(Dataset[dict[str, Any]]):
    """The messages, each time as another variant."""

    def __init__(self, messages: Sequence[Message], tokenizer: Any, seed: int) -> None:
        self._messages = messages
        self._tokenizer = tokenizer
        self._rng = random.Random(seed)  # noqa: S311 - nothing secret

    def __len__(self) -> int:
        return len(self._messages)

    def __getitem__(self, number: int) -> dict[str, Any]:
        text, acuity = variant(self._messages[number], self._messages, self._rng)
        tokens = self._tokenizer(text, truncation=True, max_length=LONGEST)
        return {**tokens, "labels": ACUITIES.index(acuity)}


def tune(messages: Sequence[Message], settings: Settings, epochs: float, seed: int) -> tuple[Any, Any, float]:
    """The tuned model, its adapter not merged, its tokenizer and the seconds that it took."""
    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder_source)
    lora = LoraConfig(
        task_type="SEQ_CLS", target_modules=_LAYERS, modules_to_save=["classifier", "pooler"],
        **{name: RECIPE[name] for name in ("r", "lora_alpha", "lora_dropout")},
    )  # fmt: skip
    model = get_peft_model(classifier(settings.encoder_source), lora)
    trainer = Trainer(
        model=model,
        args=_arguments(settings, len(messages), epochs, seed),
        train_dataset=Variants(messages, tokenizer, seed),
        data_collator=DataCollatorWithPadding(tokenizer),
    )
    started = time.monotonic()
    trainer.train()
    return model, tokenizer, time.monotonic() - started


def _arguments(settings: Settings, messages: int, epochs: float, seed: int) -> TrainingArguments:
    steps = int(epochs * messages / RECIPE["batch"])
    return TrainingArguments(
        output_dir=str(settings.state / "train" / "reader"),
        use_cpu=not torch.cuda.is_available(),
        bf16=True,
        per_device_train_batch_size=RECIPE["batch"],
        learning_rate=RECIPE["learning_rate"],
        lr_scheduler_type="linear",
        warmup_steps=min(50, steps // 10),
        weight_decay=0.01,
        label_smoothing_factor=0.05,
        num_train_epochs=epochs,
        logging_steps=25,
        save_strategy="no",
        report_to=[],
        seed=seed,
    )


def _alarms(reader: Reader, calm: Sequence[Message]) -> dict[str, float]:
    """Share of everyday lines that are called an emergency, by bar."""
    rows = reader.classify([message.text for message in calm])
    return {str(bar): sum(row[0] >= bar for row in rows) / len(rows) for bar in BARS}


def main() -> int:
    """Train, measure, write; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=MESSAGES)
    parser.add_argument("--out", type=Path, default=ROOM / "reader" / "adapter")
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, nargs="*", default=[], help="rounds that are kept out, by number")
    options = parser.parse_args()
    try:
        trained, kept_out = split(read(options.data), _HELD_OUT, options.rounds)
    except DataError as problem:
        echo(problem, err=True)
        return 1
    calm, calm_kept_out = split(everyday(), _EVERYDAY, [])
    echo(f"training on {len(trained)} messages and {len(calm)} everyday lines, {len(kept_out)} messages kept out")
    model, tokenizer, seconds = tune([*trained, *calm], Settings(), options.epochs, options.seed)
    save(model, "multilingual-e5-small", options.out)
    reader = Reader(model, tokenizer)
    measured = figures(kept_out, reader.classify([message.text for message in kept_out]))
    took = {
        "messages": len(trained), "everyday lines": len(calm), "rounds kept out": options.rounds,
        "epochs": options.epochs, "seed": options.seed, "seconds": round(seconds),
    }  # fmt: skip
    report = {"training": took, "kept out": measured, "everyday lines kept out": _alarms(reader, calm_kept_out)}
    (options.out / "figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (options.out.parent / "CARD.md").write_text(card(report, RECIPE), encoding="utf-8")
    echo(json.dumps(measured, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
