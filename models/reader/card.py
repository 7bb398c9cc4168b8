"""The reader's model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.reader.figures import BARS


def card(report: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    """The card in Markdown, all of it from the report of the training."""
    took = report["training"]
    alarms = report["everyday lines kept out"]
    rounds = ", ".join(map(str, took["rounds kept out"])) or "none"
    recipe_words = ", ".join(f"{name} {value}" for name, value in recipe.items())
    return f"""# Model card: careline-reader

Written by `python -m models.reader.train`. multilingual-e5-small (MIT licence) with a LoRA adapter on every matrix of
its layers and a head of four acuities; it says how urgent a patient's message sounds. It may raise what the rules said
and ask for a human, never lower anything.

Trained on {took["messages"]} labelled messages of `data/triage/messages` (written for this project) and on
{took["everyday lines"]} lines that are no complaint (examples of talk, questions beside the knowledge pages),
{took["epochs"]:g} epochs, seed {took["seed"]}, {took["seconds"]} s on a CPU; {recipe_words}.
In training, messages are mixed with one another and mistyped.

Measured on messages it did not learn from: one in ten of all, and every message of rounds {rounds}.

Of the everyday lines that it did not learn from it calls {alarms["0.6"]:.1%} an emergency at a bar of 0.6.

{"".join(_tables(lang, part) for lang, part in report["kept out"].items())}
Limits: it reads one message and no history; it was fitted on messages written for this project, not on those of a
hospital. Not a medical device.
"""


def _tables(lang: str, part: Mapping[str, Any]) -> str:
    title = {"en": "English", "zh": "Chinese", "both": "Both languages"}[lang]
    rows = "".join(
        f"| {bar} | {_cells(part['emergency'][str(bar)])} | {_cells(part['human'][str(bar)])} |\n" for bar in BARS
    )
    return f"""**{title}**, {part["messages"]} messages; the most likely acuity is right for {part["right"]:.0%}.

| bar | emergency: emergencies | routine | self-care | human: emergencies | urgent | routine | self-care |
|---|---|---|---|---|---|---|---|
{rows}
"""


def _cells(shares: Mapping[str, float | None]) -> str:
    return " | ".join("-" if share is None else f"{share:.1%}" for share in shares.values())
