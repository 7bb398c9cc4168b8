"""Trains the embedder: `python -m models.embedder.train`.

Reads our pages and the questions beside them (`data/questions`: what a section covers, and what is near a topic but
told nowhere) and fine-tunes the multilingual encoder: LoRA on every matrix of its layers. A question is drawn to the
section that answers it, away from the page's other sections and from sections that look alike; a question that no
section answers is kept away from its topic. A fifth of the questions is held back and only measured on. Writes the
adapter, its figures and its card.
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
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")

import torch
from click import echo
from peft import LoraConfig, get_peft_model
from torch.nn import functional
from torch.utils.data import Dataset
from transformers import AutoModel, AutoTokenizer, Trainer, TrainingArguments

from models.adapters import save
from models.embedder.card import card
from models.embedder.figures import figures
from models.embedder.prepare import PROMPTS
from models.embedder.questions import Labelled, Section, read
from models.settings import ROOM, Settings

RECIPE: dict[str, Any] = {"r": 16, "lora_alpha": 32, "learning_rate": 4e-4, "batch": 24}
_LAYERS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
_LONGEST = {"query": 64, "document": 144}
_AT_ONCE = 16
"""Sections of like length are read together, so that little is padding."""
_TEMPERATURE = 0.03
_ALIKE = 12
"""A false section is drawn from so many that look most alike."""
_SIBLINGS = 0.6
"""Share of the false sections that are of the question's own page."""
_UNCOVERED = 0.3
"""Weight of the loss that keeps questions without an answer apart."""


class Draws(Dataset[dict[str, Any]]):
    """Questions, each with its section and false ones, drawn anew each time."""

    def __init__(self, questions: Sequence[Labelled], sections: Sequence[Section], alike: Any, seed: int) -> None:
        self._questions = questions
        self._sections = sections
        self._alike = alike
        self._rng = random.Random(seed)  # noqa: S311 - nothing secret
        self._of_topic: dict[tuple[str, str], list[int]] = {}
        for number, section in enumerate(sections):
            self._of_topic.setdefault((section.lang, section.topic), []).append(number)

    def __len__(self) -> int:
        return len(self._questions)

    def __getitem__(self, number: int) -> dict[str, Any]:
        one = self._questions[number]
        own = self._of_topic[one.lang, one.topic]
        right = self._rng.choice(one.sections) if one.sections else -1
        siblings = [at for at in own if at not in one.sections] or own
        others = [at for at in self._alike[number] if self._sections[at].topic != one.topic]
        false = [self._rng.choice(siblings if self._rng.random() < _SIBLINGS else others[:_ALIKE])]
        return {"query": one.text, "right": right, "all": one.sections, "false": false}


class Pull:
    """Makes a batch of tokens of what was drawn."""

    def __init__(self, tokenizer: Any, sections: Sequence[Section]) -> None:
        self._tokenizer = tokenizer
        self._sections = sections

    def __call__(self, drawn: Sequence[dict[str, Any]]) -> dict[str, Any]:
        shown = sorted(
            {at for one in drawn for at in (one["right"], *one["false"]) if at >= 0},
            key=lambda at: len(self._tokenizer(self._sections[at].content)["input_ids"]),
        )
        place = {at: column for column, at in enumerate(shown)}
        targets = torch.tensor([place.get(one["right"], -1) for one in drawn])
        also = torch.zeros(len(drawn), len(shown), dtype=torch.bool)
        own = torch.zeros(len(drawn), len(shown), dtype=torch.bool)
        for row, one in enumerate(drawn):
            for at in one["all"]:
                if at in place and at != one["right"]:
                    also[row, place[at]] = True
            own[row, [place[at] for at in one["false"]]] = True
        return {
            "queries": self._tokens("query", [one["query"] for one in drawn]),
            "documents": [
                self._tokens("document", [self._sections[at].content for at in shown[start : start + _AT_ONCE]])
                for start in range(0, len(shown), _AT_ONCE)
            ],
            "targets": targets, "also": also, "own": own,
        }  # fmt: skip

    def _tokens(self, kind: str, texts: Sequence[str]) -> dict[str, torch.Tensor]:
        texts = [PROMPTS[kind] + text for text in texts]
        tokens = self._tokenizer(
            texts, truncation=True, max_length=_LONGEST[kind], padding=True, pad_to_multiple_of=16, return_tensors="pt"
        )
        return dict(tokens)


class Puller(Trainer):
    """A trainer whose loss draws questions to their sections."""

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, *_: Any, **__: Any) -> Any:
        """InfoNCE over the sections in the batch; those of uncovered questions are pushed apart."""
        asked = _vectors(model, inputs["queries"])
        told = torch.cat([_vectors(model, tokens) for tokens in inputs["documents"]])
        scores = (asked @ told.T) / _TEMPERATURE
        targets, covered = inputs["targets"], inputs["targets"] >= 0
        scores = scores.masked_fill(inputs["also"], -1e4)
        loss = functional.cross_entropy(scores[covered], targets[covered])
        if covered.any() and not covered.all():
            # the answer of a covered question stands above whatever stands nearest to an uncovered one
            right = scores[covered].gather(1, targets[covered, None]).mean()
            nearest = scores[~covered].masked_fill(~inputs["own"][~covered], -1e4).max(1).values
            loss = loss + _UNCOVERED * functional.softplus((nearest - right.detach()) + 0.1 / _TEMPERATURE).mean()
        return (loss, scores) if return_outputs else loss


def _vectors(model: Any, tokens: dict[str, torch.Tensor]) -> torch.Tensor:
    hidden = model(**tokens).last_hidden_state.float()
    mask = tokens["attention_mask"][..., None]
    return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def encode(model: Any, tokenizer: Any, kind: str, texts: Sequence[str]) -> torch.Tensor:
    """Unit vectors of texts of a kind (`query`, `document`)."""
    model.eval()
    found: list[torch.Tensor] = []
    for start in range(0, len(texts), 32):
        part = [PROMPTS[kind] + text for text in texts[start : start + 32]]
        tokens = tokenizer(part, truncation=True, max_length=256, padding=True, return_tensors="pt")
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            found.append(_vectors(model, dict(tokens)))
    return torch.cat(found)


def tune(
    questions: Sequence[Labelled], sections: Sequence[Section], settings: Settings, epochs: float, seed: int
) -> tuple[Any, Any]:
    """The tuned encoder, its adapter not merged, and its tokenizer."""
    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder_source)
    # dropout halves the speed on a CPU, and the few weights that learn hardly need it
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    base = AutoModel.from_pretrained(settings.encoder_source, dtype=torch.float32, add_pooling_layer=False, **still)
    alike = _alike(base, tokenizer, questions, sections)
    names = ("r", "lora_alpha")
    model: Any = get_peft_model(base, LoraConfig(target_modules=_LAYERS, **{name: RECIPE[name] for name in names}))
    steps = int(epochs * len(questions) / RECIPE["batch"])
    arguments = TrainingArguments(
        output_dir=str(settings.state / "train" / "embedder"),
        use_cpu=not torch.cuda.is_available(),
        bf16=True,
        per_device_train_batch_size=RECIPE["batch"],
        learning_rate=RECIPE["learning_rate"],
        lr_scheduler_type="linear",
        warmup_steps=min(20, steps // 10),
        num_train_epochs=epochs,
        logging_steps=10,
        save_strategy="epoch",
        remove_unused_columns=False,
        label_names=["targets"],
        report_to=[],
        seed=seed,
    )
    drawn = Draws(questions, sections, alike, seed)
    Puller(model=model, args=arguments, train_dataset=drawn, data_collator=Pull(tokenizer, sections)).train()
    return model, tokenizer


def _alike(base: Any, tokenizer: Any, questions: Sequence[Labelled], sections: Sequence[Section]) -> list[list[int]]:
    """For each question the sections of its language that the untuned encoder holds nearest."""
    asked = encode(base, tokenizer, "query", [one.text for one in questions])
    told = encode(base, tokenizer, "document", [one.content for one in sections])
    scores = asked @ told.T
    langs = [one.lang for one in sections]
    same = torch.tensor([[lang == one.lang for lang in langs] for one in questions])
    nearest: list[list[int]] = scores.masked_fill(~same, -1).topk(40).indices.tolist()
    return nearest


def _measured(model: Any, tokenizer: Any, kept: Sequence[Labelled], sections: Sequence[Section]) -> dict[str, Any]:
    asked = encode(model, tokenizer, "query", [one.text for one in kept])
    return figures(kept, sections, asked, encode(model, tokenizer, "document", [one.content for one in sections]))


def main() -> int:
    """Train, measure, write; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOM / "embedder" / "adapter")
    parser.add_argument("--epochs", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    sections, questions = read()
    trained = [one for one in questions if not one.held_back]
    kept = [one for one in questions if one.held_back]
    echo(f"training on {len(trained)} questions over {len(sections)} sections, {len(kept)} questions held back")
    started = time.monotonic()
    model, tokenizer = tune(trained, sections, Settings(), options.epochs, options.seed)
    seconds = time.monotonic() - started
    save(model, "multilingual-e5-small", options.out)
    tuned = _measured(model, tokenizer, kept, sections)
    with model.disable_adapter():
        untuned = _measured(model, tokenizer, kept, sections)
    took = {"questions": len(trained), "epochs": options.epochs, "seed": options.seed, "seconds": round(seconds)}
    report = {"training": took, "tuned": tuned, "untuned": untuned}
    (options.out / "figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (options.out.parent / "CARD.md").write_text(card(report, RECIPE), encoding="utf-8")
    echo(json.dumps({"tuned": tuned, "untuned": untuned}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
