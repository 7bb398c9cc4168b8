"""What is answered before any page is looked at: escalation by the screen, and refusals with a safe alternative."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.triage import DataError, region_contacts

from .answer import Answer, Question
from .asks import AskReader
from .vectors import Matrix
from .words import fold

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Refusal:
    """A rule in one language: when it holds, and what is said instead."""

    id: str
    asks: Patterns
    harmless: Patterns
    """Words that only look like it: they are overlooked, the rest of the message still counts."""
    unless: Patterns
    """Words that let the whole message through."""
    reply: str

    def holds(self, text: str) -> bool:
        if self.lets_through(text):
            return False
        folded = _flat(text)
        for pattern in self.harmless:
            folded = pattern.sub(" ", folded)
        return any(pattern.search(folded) for pattern in self.asks)

    def lets_through(self, text: str) -> bool:
        """Whether words of the message say that it is none of these asks, whatever else it says."""
        folded = _flat(text)
        return any(pattern.search(folded) for pattern in self.unless)


@dataclass(frozen=True)
class Texts:
    """The pipeline's own sentences, by language and name."""

    by_lang: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, path: Path) -> Texts:
        data = YAML(typ="safe").load(path.read_text("utf-8"))
        return cls({"en": data["en"], "zh": data["zh"]})

    def say(self, name: str, lang: str, region: str | None) -> str:
        return self.fill(str(self.by_lang[lang][name]), lang, region)

    def fill(self, text: str, lang: str, region: str | None) -> str:
        """A text with the emergency number of the region, or of the language's own region."""
        return text.replace("{emergency}", region_contacts(region, lang)[0].number)


def _flat(text: str) -> str:
    """Folded, on one line: a pattern shall not be escaped by a line break or doubled spaces."""
    folded = " ".join(fold(text).split())
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", folded)


def load_refusals(path: Path) -> Mapping[str, tuple[Refusal, ...]]:
    """The rules of `data/policy/refusals.yml` by language. Raises DataError with the line of a broken one."""
    rules = YAML(typ="rt").load(path.read_text("utf-8"))
    loaded: dict[str, list[Refusal]] = {"en": [], "zh": []}
    for at, rule in enumerate(rules):
        line = rules.lc.item(at)[0] + 1
        for lang, refusals in loaded.items():
            refusals.append(_refusal(rule, lang, path.name, line))
    return {lang: tuple(refusals) for lang, refusals in loaded.items()}


def _refusal(rule: Any, lang: str, name: str, line: int) -> Refusal:
    try:
        own = rule[lang]
        harmless, unless = (_patterns(own.get(key, ())) for key in ("harmless", "unless"))
        reply = " ".join(str(own["reply"]).split())
        return Refusal(str(rule["id"]), _patterns(own["asks"]), harmless, unless, reply)
    except (KeyError, TypeError) as problem:
        raise DataError(name, line, f"a rule needs 'id', and 'asks' and 'reply' in {lang}.") from problem
    except re.error as problem:
        raise DataError(name, line, f"a pattern of this rule is broken: {problem}.") from problem


def _patterns(texts: Iterable[str]) -> Patterns:
    return tuple(re.compile(str(text)) for text in texts)


@dataclass(frozen=True)
class Policy:
    """The rules, the reader of asks (None: rules alone) with its bars, and what is said."""

    refusals: Mapping[str, tuple[Refusal, ...]]
    texts: Texts
    reader: AskReader | None = None
    bar_with_vectors: float = 1.0
    bar_without: float = 1.0

    @classmethod
    def load(cls, folder: Path) -> Policy:
        rules, texts = load_refusals(folder / "refusals.yml"), Texts.load(folder / "texts.yml")
        if not (folder / "asks.npz").is_file():
            return cls(rules, texts)
        bars = YAML(typ="safe").load((folder / "asks.yml").read_text("utf-8"))
        reader = AskReader.load(folder / "asks.npz")
        return cls(rules, texts, reader, float(bars["with_vectors"]), float(bars["without_vectors"]))

    def before(self, question: Question) -> Answer | None:
        """The answer that needs no page: escalated, refused, or None where the pages may be asked."""
        if question.acuity in ("emergency", "urgent"):
            advice = question.advice or self.texts.say("escalated", question.lang, question.region)
            return Answer("escalated", advice, acuity=question.acuity)
        # both languages: a question may hide in the language that the conversation is not in
        for lang in (question.lang, "zh" if question.lang == "en" else "en"):
            for rule in self.refusals[lang]:
                if rule.holds(question.text):
                    return self._refuse(rule, question)
        return None

    def asked(self, question: Question, vector: Matrix | None, model: str) -> Answer | None:
        """A refusal where the reader of asks sees a dangerous one that no rule names; else None.

        `vector` is the question's from the embedding model `model`, or None where there is none.
        """
        if self.reader is None:
            return None
        asked = self.reader.read(question.text, vector, model)
        bar = self.bar_without if vector is None or model != self.reader.model else self.bar_with_vectors
        if asked.danger < bar:
            return None
        rules = [rule for own in self.refusals.values() for rule in own if rule.id == asked.kind]
        if not rules or any(rule.lets_through(question.text) for rule in rules):
            return None
        return self._refuse(rules[0], question)

    def _refuse(self, rule: Refusal, question: Question) -> Answer:
        own = next(one for one in self.refusals[question.lang] if one.id == rule.id)
        text = self.texts.fill(own.reply, question.lang, question.region)
        return Answer("refused", text, acuity=question.acuity, topic=rule.id)

    def not_covered(self, question: Question, near: tuple[str, ...] = ()) -> Answer:
        """Says honestly that the pages do not tell, and points to a nurse. `near`: topics that came nearest."""
        text = self.texts.say("not_covered", question.lang, question.region)
        return Answer("not_covered", text, acuity=question.acuity, near=near)
