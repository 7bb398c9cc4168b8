"""Run under Rasa's environment by test_nlu.py: what the trained pipeline makes of labelled messages, as JSON lines.

    python tests/dialogue/understanding.py held-out MODEL FILE
    python tests/dialogue/understanding.py cross-validate FOLDS

`held-out` parses each message with the trained model. `cross-validate` trains the pipeline of config.yml, without the
screen, on all folds but one and reads that one, for each fold; each language keeps its share in every fold.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["LOG_LEVEL"] = os.environ["LOG_LEVEL_LIBRARIES"] = "ERROR"
os.environ["TQDM_DISABLE"] = "1"

from bot.nlu import placeholders  # noqa: E402

placeholders.install()

import structlog  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402

from bot.nlu import buttons  # noqa: E402

Example = tuple[str, str, str]  # intent, language, text
CALM = {"acuity": "self_care", "findings": [], "rules": [], "lang": "en"}


def training_examples() -> Iterator[Example]:
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        lang = path.name.split(".")[1]
        for topic in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in topic["examples"].splitlines():
                yield topic["intent"], lang, line.removeprefix("- ")


def held_out_examples(path: Path) -> Iterator[Example]:
    for intent, languages in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for lang, texts in languages.items():
            yield from ((intent, lang, text) for text in texts)


def folds(examples: list[Example], count: int) -> list[list[Example]]:
    """Dealt out like cards, per intent and language."""
    piles: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        piles[example[:2]].append(example)
    dealt: list[list[Example]] = [[] for _ in range(count)]
    shuffler = random.Random(7)
    for pile in piles.values():
        shuffler.shuffle(pile)
        for number, example in enumerate(pile):
            dealt[number % count].append(example)
    return dealt


async def read(model: str, examples: list[Example]) -> None:
    agent = Agent.load(model)
    assert agent.processor
    for intent, lang, text in examples:
        message = UserMessage(text, metadata={"lang": lang, "verdict": CALM})
        guess = (await agent.processor.parse_message(message))["intent"]["name"]
        print(json.dumps({"intent": intent, "lang": lang, "guess": guess}), flush=True)


def train(examples: list[Example], folder: Path) -> str:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    config["pipeline"] = [step for step in config["pipeline"] if step["name"] != "bot.nlu.screen.Screen"]
    (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    by_intent: dict[str, list[str]] = defaultdict(list)
    for intent, _, text in examples:
        by_intent[intent].append(f"- {text}")
    data = {"nlu": [{"intent": name, "examples": "\n".join(lines)} for name, lines in by_intent.items()]}
    (folder / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    made = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert made
    return made


def cross_validate(count: int) -> None:
    dealt = folds(list(training_examples()), count)
    for number, fold in enumerate(dealt):
        rest = [example for other in dealt if other is not fold for example in other]
        with tempfile.TemporaryDirectory() as folder:
            os.environ["RASA_CACHE_DIRECTORY"] = folder
            asyncio.run(read(train(rest, Path(folder)), fold))
        print(f"fold {number + 1} of {count} done", file=sys.stderr, flush=True)


def main(words: list[str]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    buttons.install()
    if words[0] == "held-out":
        asyncio.run(read(words[1], list(held_out_examples(Path(words[2])))))
    else:
        cross_validate(int(words[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
