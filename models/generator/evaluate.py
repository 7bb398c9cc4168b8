"""Measures the generator over pages that it was not trained on: does it copy, and does it cite what it copied from?

python -m models.generator.evaluate --medquad FILE --nhs FILE [--adapter FOLDER|none]
"""

from __future__ import annotations

import argparse
import difflib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from click import echo

from models.generator.corpus import Corpus, add_arguments, corpus
from models.generator.dataset import Example
from models.generator.prompt import load
from models.generator.sentences import normal, split
from models.generator.weights import load_model, load_tokenizer
from models.settings import Settings

_NEAR = 0.95
"""Likeness, by difflib, from which a sentence counts as near-verbatim: a comma or an ending, not a word."""


@dataclass(frozen=True)
class Judged:
    """One reply held against its passages."""

    sentences: int
    cited: int
    verbatim: int
    """Sentences that stand word for word in the passage that they cite."""
    near: int
    """Sentences that stand so, or nearly so, in the passage that they cite."""
    right: int
    """Sentences that cite a passage which the wanted reply cites too."""
    finished: bool

    @property
    def acceptable(self) -> bool:
        """Whether all could be shown: finished, and every sentence near-verbatim from the passage that it cites."""
        return self.finished and 0 < self.sentences == self.near


@dataclass(frozen=True)
class Figures:
    """Shares of all sentences (`cited` to `right`) or of all replies (`acceptable`, `finished`), 0 to 1."""

    replies: int
    sentences: int
    cited: float
    verbatim: float
    near: float
    right: float
    acceptable: float
    finished: float
    seconds: float


def judge(reply: str, example: Example, finished: bool = True) -> Judged:
    """Hold a reply against the passages of its question."""
    prompt = load(example.lang)
    wanted = set(prompt.citation.findall(example.reply))
    pieces = prompt.citation.split(reply)
    sentences = cited = verbatim = near = right = 0
    for text, number in zip(pieces[0::2], [*pieces[1::2], None], strict=True):
        # A full stop that follows the citation is no sentence.
        parts = (split(text, example.lang) or [text]) if normal(text) else []
        sentences += len(parts)
        if number is None or not parts:
            continue
        # Only the last sentence before a citation is cited by it.
        cited += 1
        right += number in wanted
        passage = _passage(example, int(number))
        verbatim += bool(normal(parts[-1])) and normal(parts[-1]) in normal(passage)
        near += _likeness(parts[-1], split(passage, example.lang)) >= _NEAR
    return Judged(sentences, cited, verbatim, near, right, finished)


def _passage(example: Example, number: int) -> str:
    return example.passages[number - 1] if 0 < number <= len(example.passages) else ""


def _likeness(sentence: str, others: Sequence[str]) -> float:
    plain = normal(sentence)
    return max((difflib.SequenceMatcher(None, plain, normal(other)).ratio() for other in others), default=0.0)


def figures(judged: Sequence[Judged], seconds: float) -> Figures:
    """The shares over many replies."""
    sentences = sum(j.sentences for j in judged)

    def share(part: int, whole: int) -> float:
        return round(part / whole, 3) if whole else 0.0

    return Figures(
        replies=len(judged),
        sentences=sentences,
        cited=share(sum(j.cited for j in judged), sentences),
        verbatim=share(sum(j.verbatim for j in judged), sentences),
        near=share(sum(j.near for j in judged), sentences),
        right=share(sum(j.right for j in judged), sentences),
        acceptable=share(sum(j.acceptable for j in judged), len(judged)),
        finished=share(sum(j.finished for j in judged), len(judged)),
        seconds=round(seconds, 1),
    )


@torch.inference_mode()
def answer(model: Any, tokenizer: Any, examples: Sequence[Example], batch: int = 8) -> list[tuple[str, bool]]:
    """Greedy replies and whether each came to its end."""
    tokenizer.padding_side = "left"
    replies = []
    for start in range(0, len(examples), batch):
        part = examples[start : start + batch]
        inputs = tokenizer.apply_chat_template(
            [example.messages for example in part],
            add_generation_prompt=True,
            padding=True,
            return_tensors="pt",
            return_dict=True,
        )
        limit = max(load(example.lang).max_tokens for example in part)
        output = model.generate(**inputs, max_new_tokens=limit, do_sample=False)
        for row in output[:, inputs["input_ids"].shape[1] :].tolist():
            finished = tokenizer.eos_token_id in row
            replies.append((tokenizer.decode(row, skip_special_tokens=True).strip(), finished))
    return replies


def evaluate(model: Any, tokenizer: Any, measured: Corpus) -> dict[str, Figures]:
    """The figures of each language, and of the pages written for this project apart."""
    results = {}
    for name, examples in measured.items():
        started = time.monotonic()
        replies = answer(model, tokenizer, examples)
        judged = [judge(text, example, end) for (text, end), example in zip(replies, examples, strict=True)]
        results[name] = figures(judged, time.monotonic() - started)
        echo(f"{name}: {json.dumps(asdict(results[name]))}")
    return results


def main() -> None:
    """Measure one adapter, or none, on the held-out pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--adapter", default="", help="folder, or none (default: ours)")
    parser.add_argument("--show", type=Path, help="write questions, passages and replies into this file")
    options = parser.parse_args()
    settings = Settings(generator_adapter=options.adapter) if options.adapter else Settings()
    tokenizer, model = load_tokenizer(settings), load_model(settings)
    _, measured = corpus(options)
    evaluate(model, tokenizer, measured)
    if options.show:
        shown = [example for examples in measured.values() for example in examples]
        replies = answer(model, tokenizer, shown)
        rows = [asdict(e) | {"answer": text} for e, (text, _) in zip(shown, replies, strict=True)]
        options.show.write_text(json.dumps(rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
