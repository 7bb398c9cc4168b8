"""Builds the generator's messages from `data/prompts/answer.yml`, as the file itself says how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Lang = Literal["en", "zh"]
Messages = list[dict[str, str]]

FILE = Path(__file__).resolve().parents[2] / "data" / "prompts" / "answer.yml"


@dataclass(frozen=True)
class Prompt:
    """The prompt of one language."""

    lang: Lang
    system: str
    user: str
    passage: str
    citation: re.Pattern[str]
    max_tokens: int
    passages: int
    passage_characters: int
    question_characters: int

    def messages(self, question: str, passages: list[str]) -> Messages:
        """Messages that ask `question` over `passages`, which are numbered from 1."""
        numbered = "\n".join(self.passage.format(n=n, text=text) for n, text in enumerate(passages, 1))
        user = self.user.format(passages=numbered, question=question)
        return [{"role": "system", "content": self.system}, {"role": "user", "content": user}]

    def reply(self, sentences: list[tuple[str, int]]) -> str:
        """The reply that says these sentences, each with the number of its passage."""
        return ("" if self.lang == "zh" else " ").join(self._cited(text, n) for text, n in sentences)

    def _cited(self, text: str, n: int) -> str:
        return f"{text}[{n}]" if self.lang == "zh" else f"{text} [{n}]"


@cache
def load(lang: Lang, file: Path = FILE) -> Prompt:
    """The prompt of `lang`. KeyError when the file lacks a part of it."""
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    own, limits = data[lang], data["limits"]
    return Prompt(
        lang=lang,
        system=own["system"],
        user=own["user"],
        passage=own["passage"],
        citation=re.compile(data["citation"]),
        max_tokens=data["request"]["max_tokens"][lang],
        passages=limits["passages"],
        passage_characters=limits["passage_characters"][lang],
        question_characters=limits["question_characters"][lang],
    )
