"""The embedder's model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TITLES = {"en": "English", "zh": "Chinese"}
_SHARES = ("section first", "topic first", "section among 5")


def card(report: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    """The card in Markdown, all of it from the report of the training."""
    took = report["training"]
    recipe_words = ", ".join(f"{name} {value}" for name, value in recipe.items())
    rows = "".join(
        _row(f"{_TITLES[lang]}, {name}", report[name][lang]) for lang in _TITLES for name in ("untuned", "tuned")
    )
    return f"""# Model card: careline-embedder-2

Written by `python -m models.embedder.train`. multilingual-e5-small (MIT licence) with a LoRA adapter on every matrix of
its layers; it turns questions and passages into vectors, so that a question lies near the section that answers it.

Trained on {took["questions"]} questions of `data/questions` (written for this project): each names the section that
answers it, or the topic that it is near to though no section answers it. {took["epochs"]:g} epochs, seed
{took["seed"]}, {took["seconds"]} s on a CPU; {recipe_words}.

Measured on the fifth of the questions that it did not learn from, over all sections of a language:

| | covered | not covered | section first | topic first | section among 5 | AUC |
|---|---|---|---|---|---|---|
{rows}
AUC: how often the best section of a covered question lies nearer than the best one of a question that no section
answers (0.5: no better than chance).

Limits: it learned the pages of this repository; passages that a hospital imports gain less, which is not measured yet.
The questions held back are by the same hands as those it learned from. Not a medical device.
"""


def _row(title: str, found: Mapping[str, Any]) -> str:
    shares = " | ".join(f"{found[name]:.0%}" for name in _SHARES)
    return f"| {title} | {found['covered']} | {found['not covered']} | {shares} | {found['auc']:.2f} |\n"
