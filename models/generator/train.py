"""Trains the generator's adapter: `python -m models.generator.train --medquad FILE --nhs FILE`.

LoRA on all seven projections, loss on the reply alone. Minutes on a CPU for these few hundred examples. Stopped and
started again with the same arguments, it goes on from its last checkpoint in `<state>/train/generator/`. At the end it
measures the untuned and the tuned model on held-out pages and writes the adapter and the model card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

# A primitive for every length of batch is kept otherwise, and takes gigabytes.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
# Threads that spin while they wait for each other stand still as soon as another process wants a core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from click import echo
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, DataCollatorForSeq2Seq, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from models.adapters import save
from models.generator.card import write_card
from models.generator.corpus import Corpus, add_arguments, corpus
from models.generator.dataset import Example
from models.generator.evaluate import evaluate
from models.generator.weights import dtype, load_tokenizer
from models.settings import ROOM, Settings

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
RECIPE: dict[str, Any] = {"r": 8, "lora_alpha": 16, "learning_rate": 6e-4, "batch": 2, "steps_of": 4}


def encode(example: Example, tokenizer: Any) -> dict[str, list[int]]:
    """Token ids, and labels that count the reply alone."""
    prompt = tokenizer.apply_chat_template(example.messages, add_generation_prompt=True, return_dict=False)
    reply = tokenizer(example.reply, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
    return {"input_ids": prompt + reply, "labels": [-100] * len(prompt) + reply}


def fingerecho(rows: list[dict[str, list[int]]], epochs: float, seed: int) -> str:
    """Names this very training, so that another one does not go on from its checkpoints."""
    text = json.dumps([rows, RECIPE, epochs, seed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def train(trained: Corpus, settings: Settings, epochs: float, seed: int) -> tuple[Any, dict[str, Any]]:
    """The tuned model, its adapter not merged, and what the training took."""
    tokenizer = load_tokenizer(settings)
    rows = [encode(example, tokenizer) for examples in trained.values() for example in examples]
    work = settings.state / "train" / "generator" / fingerecho(rows, epochs, seed)
    trainer = Trainer(
        model=_with_adapter(settings, seed),
        args=_arguments(work, epochs, seed),
        train_dataset=rows,
        data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100),
    )
    started = time.monotonic()
    last = get_last_checkpoint(str(work)) if work.is_dir() else None  # type: ignore[no-untyped-call]
    echo(f"training on {len(rows)} examples, {'going on from ' + last if last else 'from the start'}")
    result = trainer.train(resume_from_checkpoint=last)
    return trainer.model, {
        "examples": {name: len(examples) for name, examples in trained.items()},
        "tokens": sum(len(row["input_ids"]) for row in rows),
        "epochs": epochs,
        "seed": seed,
        "steps": result.global_step,
        "loss": _last_loss(trainer.state.log_history),
        "seconds": round(time.monotonic() - started),
        "cores": torch.get_num_threads(),
        "resumed": last is not None,
    }


def _last_loss(history: list[dict[str, Any]], count: int = 4) -> float:
    """Mean of the last losses that were logged, whether in this run or in one before it."""
    losses = [float(row["loss"]) for row in history if "loss" in row][-count:]
    return round(sum(losses) / len(losses), 3)


def _with_adapter(settings: Settings, seed: int) -> PeftModel:
    torch.manual_seed(seed)
    base = AutoModelForCausalLM.from_pretrained(settings.generator_source, dtype=dtype(settings))
    base.config.use_cache = False
    lora = LoraConfig(r=RECIPE["r"], lora_alpha=RECIPE["lora_alpha"], target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    model: PeftModel = get_peft_model(base, lora)
    return model


def _arguments(work: Path, epochs: float, seed: int) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(work),
        use_cpu=not torch.cuda.is_available(),
        per_device_train_batch_size=RECIPE["batch"],
        gradient_accumulation_steps=RECIPE["steps_of"],
        learning_rate=RECIPE["learning_rate"],
        lr_scheduler_type="cosine",
        warmup_steps=8,
        num_train_epochs=epochs,
        train_sampling_strategy="group_by_length",
        logging_steps=5,
        save_steps=20,
        save_total_limit=2,
        report_to=[],
        seed=seed,
    )


def main() -> None:
    """Train, measure, write the adapter and its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--out", type=Path, default=ROOM / "generator" / "adapter")
    options = parser.parse_args()
    settings = Settings(generator_adapter="none")
    trained, measured = corpus(options)
    tokenizer = load_tokenizer(settings)
    model, took = train(trained, settings, options.epochs, options.seed)
    save(model, "SmolLM2-135M-Instruct", options.out)
    model.eval()
    model.config.use_cache = True
    echo("measuring the tuned model")
    tuned = evaluate(model, tokenizer, measured)
    echo("measuring the untuned model")
    with model.disable_adapter():
        untuned = evaluate(model, tokenizer, measured)
    results = {name: {"untuned": asdict(untuned[name]), "tuned": asdict(tuned[name])} for name in tuned}
    (options.out / "figures.json").write_text(json.dumps({"training": took, "held out": results}, indent=1) + "\n")
    write_card(options.out.parent / "CARD.md", took, RECIPE, results)


if __name__ == "__main__":
    main()
