"""Reads what the generator learns from: our knowledge pages, MedQuAD, and pages of the NHS website.

MedQuAD (CC BY 4.0) and NHS text (Open Government Licence v3) are read from a path of one's own: neither is in the
repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.generator.prompt import Lang
from models.generator.sentences import split


@dataclass(frozen=True)
class Section:
    """Sentences that answer one thing, and ways in which a patient may ask for it."""

    questions: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Article:
    """One page of a source. `key` names it for good: the split into training and measuring goes by it."""

    key: str
    lang: Lang
    sections: tuple[Section, ...]


_NHS_QUESTIONS = {
    "symptoms": ("What are the symptoms of {}?", "how do i know if i have {}", "{} symptoms", "signs of {}?"),
    "causes": ("What causes {}?", "why do i have {}", "{} causes", "How do you get {}?"),
    "self_care": ("What can I do about {} myself?", "how to treat {} at home", "what helps with {}?"),
    "treatment": ("How is {} treated?", "treatment for {}", "what will the doctor do about {}"),
    "prevention": ("How can I prevent {}?", "how to avoid {}", "stop {} coming back"),
}
_RARE = {"GHR", "GARD"}
"""Sets of MedQuAD on rare genetic diseases: two thirds of it, and hardly what a helpline is asked."""

_KNOWLEDGE_QUESTIONS: dict[Lang, tuple[str, ...]] = {
    "en": ("{heading}?", "{name}: {heading}?", "{name} {heading}", "about {name}, {heading}?"),
    "zh": ("{heading}？", "{name}：{heading}？", "{name}，{heading}", "请问{name}，{heading}？"),
}


def medquad(path: Path) -> Iterator[Article]:
    """MedQuAD's answers of five sentences and more, without the rare diseases."""
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            sentences = _tidy(split(row["answer"], "en"))
            if row["source"] not in _RARE and len(sentences) >= 3:
                question = row["question"].replace("What is (are)", "What is").replace(" ?", "?")
                section = Section((question, f"{row['focus']} {row['question_type']}"), sentences)
                yield Article(f"medquad/{row['focus']}", "en", (section,))


def nhs(path: Path) -> Iterator[Article]:
    """The NHS pages, section by section; their lists become sentences."""
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            sections = tuple(_nhs_sections(row))
            if sections:
                yield Article(f"nhs/{row['condition']}", "en", sections)


def _nhs_sections(row: dict[str, Any]) -> Iterator[Section]:
    for name, forms in _NHS_QUESTIONS.items():
        lines = [line for line in row[name] if not line.rstrip().endswith(":")]
        sentences = _tidy([sentence for line in lines for sentence in split(_sentence(line), "en")])
        if len(sentences) >= 2:
            topic = row["condition"].removeprefix("Overview - ").lower()
            yield Section(tuple(form.format(topic) for form in forms), sentences)


def _sentence(line: str) -> str:
    text = line.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _tidy(sentences: list[str]) -> tuple[str, ...]:
    """Without what is no sentence of its own: too short, too long, table rests; each once."""
    fit = (s for s in sentences if 20 <= len(s) <= 260 and " - " not in s and "http" not in s)
    return tuple(dict.fromkeys(fit))


def knowledge(folder: Path) -> Iterator[Article]:
    """Our own pages, `<area>/<topic>.<lang>.md`: front matter, then sections under headings."""
    for path in sorted(folder.glob("*/*.md")):
        lang: Lang = "zh" if path.name.endswith(".zh.md") else "en"
        head, body = _front_matter(path.read_text(encoding="utf-8"))
        sections = tuple(_knowledge_sections(head, body, lang))
        if sections:
            yield Article(f"knowledge/{path.parent.name}/{path.name}", lang, sections)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


def _knowledge_sections(head: dict[str, Any], body: str, lang: Lang) -> Iterator[Section]:
    names = [str(head["title"]), *map(str, head.get("aliases") or [])]
    for part in re.split(r"^#{1,3} ", body, flags=re.MULTILINE):
        heading, _, text = part.partition("\n")
        sentences = tuple(_lines(text, lang))
        if sentences:
            heading = heading.strip().rstrip("?？")
            yield Section(tuple(_asked(names, heading, lang)), sentences)


def _lines(text: str, lang: Lang) -> Iterator[str]:
    for line in re.split(r"\n\s*\n|\n(?=\s*[-*] )", text):
        plain = re.sub(r"^\s*[-*] |[*_`]", "", " ".join(line.split()))
        stop = "。" if lang == "zh" else "."
        if plain:
            yield from split(plain if plain[-1] in "。！？.!?:：" else plain + stop, lang)


def _asked(names: list[str], heading: str, lang: Lang) -> Iterator[str]:
    for number, name in enumerate(names):
        if heading:
            forms = _KNOWLEDGE_QUESTIONS[lang]
            yield forms[number % len(forms)].format(name=name, heading=heading)
        else:
            yield name
