"""Builds the generator's messages from `data/prompts/answer.yml`, as the file itself says how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from .topic import Passage


@dataclass(frozen=True)
class Prompt:
    """The prompt of one language with what is sent along."""

    system: str
    user: str
    passage: str
    citation: re.Pattern[str]
    temperature: float
    max_tokens: int
    passages: int
    passage_characters: int
    question_characters: int

    def trimmed(self, passages: Sequence[Passage]) -> list[tuple[str, ...]]:
        """The sentences of as many passages as fit, each cut at the end of a sentence."""
        return [self._fit(passage.sentences) for passage in passages[: self.passages]]

    def _fit(self, sentences: tuple[str, ...]) -> tuple[str, ...]:
        length = 0
        for at, sentence in enumerate(sentences):
            length += len(sentence) + 1
            if at and length > self.passage_characters:
                return sentences[:at]
        return sentences

    def messages(self, question: str, texts: Sequence[str]) -> list[dict[str, str]]:
        """The messages that ask `question` over the texts, which are numbered from 1."""
        numbered = "\n".join(self.passage.format(n=n, text=text) for n, text in enumerate(texts, 1))
        user = self.user.format(passages=numbered, question=question[: self.question_characters])
        return [{"role": "system", "content": self.system}, {"role": "user", "content": user}]


def load_prompts(path: Path) -> Mapping[str, Prompt]:
    """The prompt of each language. Raises KeyError when the file lacks a part of it."""
    data = YAML(typ="safe").load(path.read_text("utf-8"))
    request, limits = data["request"], data["limits"]
    return {
        lang: Prompt(
            system=data[lang]["system"],
            user=data[lang]["user"],
            passage=data[lang]["passage"],
            citation=re.compile(data["citation"]),
            temperature=request["temperature"],
            max_tokens=request["max_tokens"][lang],
            passages=limits["passages"],
            passage_characters=limits["passage_characters"][lang],
            question_characters=limits["question_characters"][lang],
        )
        for lang in ("en", "zh")
    }
