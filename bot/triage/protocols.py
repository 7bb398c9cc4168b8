"""The rules and questions that clinicians write: one YAML file per presenting problem."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from .conditions import Condition, Facts, holds, named, parse
from .errors import DataError
from .source import Table, read
from .verdict import Acuity, Hit, Lang, Status

EXAMPLES_AT_LEAST = 3
_PLACES_OF_ADVICE = ("first", "usual", "last")
"""Of several rules of one acuity the first one's advice is shown: who does not breathe comes before a rash."""
PLACES = {"emergency", "urgent", "crisis", "poison"}


@dataclass(frozen=True)
class Rule:
    """A rule: when it holds (and `unless` does not), this acuity and this advice."""

    id: str
    title: Mapping[str, str]
    acuity: Acuity
    when: Condition
    unless: Condition | None
    advice: Mapping[str, str]
    source: str
    fires: Mapping[Lang, tuple[str, ...]]
    silent: Mapping[Lang, tuple[str, ...]]
    path: str
    line: int

    covers: frozenset[str]
    """The findings that this rule accounts for: those `when` names."""

    def holds(self, facts: Facts) -> bool:
        """Whether it fires on these findings."""
        return holds(self.when, facts) and not (self.unless is not None and holds(self.unless, facts))

    @property
    def hit(self) -> Hit:
        return Hit(self.id, self.title, self.source)


@dataclass(frozen=True)
class Option:
    """A button: what it says and what choosing it means."""

    label: Mapping[str, str]
    says: Mapping[str, Status]


@dataclass(frozen=True)
class Ask:
    """A question to put while `when` holds and none of `about` is known."""

    id: str
    when: Condition
    about: tuple[str, ...]
    text: Mapping[str, str]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Protocols:
    """Rules most urgent first, then in the order their advice comes; questions in the order of the files."""

    rules: tuple[Rule, ...]
    questions: tuple[Ask, ...]

    def firing(self, facts: Facts, among: Collection[str] | None = None) -> Iterator[Rule]:
        """The rules that fire, most urgent first; only of those that name one of `among`, where that is given."""
        names = facts.present | facts.absent if among is None else among
        numbers = {number for name in names for number in self._rules_naming.get(name, ())}
        return (self.rules[number] for number in sorted(numbers) if self.rules[number].holds(facts))

    def asking(self, facts: Facts) -> Iterator[Ask]:
        """The questions whose `when` holds and of whose `about` nothing is known, in the order of the files."""
        known = facts.present | facts.absent
        numbers = {number for name in known for number in self._questions_naming.get(name, ())}
        asks = (self.questions[number] for number in sorted(numbers))
        return (ask for ask in asks if known.isdisjoint(ask.about) and holds(ask.when, facts))

    @cached_property
    def _rules_naming(self) -> Mapping[str, list[int]]:
        return _index(rule.covers for rule in self.rules)

    @cached_property
    def _questions_naming(self) -> Mapping[str, list[int]]:
        return _index(named(ask.when) for ask in self.questions)

    def implying(self, implied: Mapping[str, tuple[str, ...]]) -> Protocols:
        """The same, with what a chosen option says is present saying all that this implies as well."""
        return replace(self, questions=tuple(_implying(ask, implied) for ask in self.questions))


def load(folder: Path, findings: Collection[str]) -> Protocols:
    """Read `protocols/*.yml`; `findings` are the ids that may be spoken of. Raises DataError."""
    rules: dict[str, Rule] = {}
    places: dict[str, int] = {}
    questions: dict[str, Ask] = {}
    paths = sorted((folder / "protocols").glob("*.yml"))
    if not paths:
        raise DataError(str(folder / "protocols"), 1, "there is no protocol here.")
    for path in paths:
        file = read(path)
        file.allow("a protocol", {"id", "label", "source", "rules"}, {"questions", "advice_comes"})
        file.both("label")
        place = _place(file)
        source = _source(file.table("source"))
        for table in file.tables("rules"):
            rule = _rule(table, source, findings)
            if rule.id in rules:
                raise table.fail(f"the rule '{rule.id}' is already defined in {rules[rule.id].path}.", "id")
            rules[rule.id], places[rule.id] = rule, place
        for table in file.tables("questions") if "questions" in file else []:
            ask = _ask(table, findings)
            if ask.id in questions:
                raise table.fail(f"the question '{ask.id}' is asked twice.", "id")
            questions[ask.id] = ask
    ordered = sorted(rules.values(), key=lambda rule: (rule.acuity.rank, places[rule.id]))
    return Protocols(tuple(ordered), tuple(questions.values()))


def _index(groups: Iterable[Collection[str]]) -> dict[str, list[int]]:
    """Where each name occurs. Most rules and questions speak of nothing that was said, and need no look."""
    found: dict[str, list[int]] = {}
    for number, names in enumerate(groups):
        for name in names:
            found.setdefault(name, []).append(number)
    return found


def _implying(ask: Ask, implied: Mapping[str, tuple[str, ...]]) -> Ask:
    options = []
    for option in ask.options:
        present = [name for name, status in option.says.items() if status == "present"]
        more: dict[str, Status] = {other: "present" for name in present for other in implied[name]}
        options.append(replace(option, says={**more, **option.says}))
    return replace(ask, options=tuple(options))


def _place(file: Table) -> int:
    place = file.text("advice_comes") if "advice_comes" in file else "usual"
    if place not in _PLACES_OF_ADVICE:
        raise file.fail(f"'advice_comes' must be one of {', '.join(_PLACES_OF_ADVICE)}.", "advice_comes")
    return _PLACES_OF_ADVICE.index(place)


def _source(table: Table) -> str:
    table.allow("'source'", {"name", "url", "reviewed"})
    table.text("name")
    if not table.text("url").startswith("https://"):
        raise table.fail("'url' must start with https://.", "url")
    try:
        date.fromisoformat(table.text("reviewed"))
    except ValueError as problem:
        raise table.fail("'reviewed' must be a date such as 2026-11-24.", "reviewed") from problem
    return table.text("url")


def _rule(table: Table, default_source: str, findings: Collection[str]) -> Rule:
    table.allow("a rule", {"id", "title", "acuity", "when", "advice", "fires", "silent"}, {"unless", "source"})
    try:
        acuity = Acuity(table.text("acuity"))
    except ValueError as problem:
        raise table.fail(f"'acuity' must be one of {', '.join(one.value for one in Acuity)}.", "acuity") from problem
    when = parse(table["when"], table, "when", findings)
    return Rule(
        id=table.text("id"),
        title=table.both("title"),
        acuity=acuity,
        when=when,
        unless=parse(table["unless"], table, "unless", findings) if "unless" in table else None,
        advice=advice_of(table, acuity),
        source=_source(table.table("source")) if "source" in table else default_source,
        fires=_examples(table, "fires"),
        silent=_examples(table, "silent"),
        path=table.path,
        line=table.line,
        covers=frozenset(named(when)),
    )


def advice_of(table: Table, acuity: Acuity) -> dict[str, str]:
    """The advice in both languages, its places ({emergency} ...) checked. Raises DataError."""
    advice = table.both("advice")
    for lang, text in advice.items():
        for place in re.findall(r"\{(\w*)\}", text):
            if place not in PLACES:
                known = ", ".join(sorted(PLACES))
                raise table.fail(f"the advice ({lang}) names '{{{place}}}'; known are {known}.", "advice")
        if acuity is Acuity.EMERGENCY and "{emergency}" not in text:
            raise table.fail(f"the advice ({lang}) of an emergency must name the number: {{emergency}}.", "advice")
    return advice


def _examples(table: Table, key: str) -> dict[Lang, tuple[str, ...]]:
    inner = table.table(key)
    inner.allow(f"'{key}'", {"en", "zh"})
    langs: tuple[Lang, ...] = ("en", "zh")
    found = {lang: tuple(text for _, text in inner.strings(lang)) for lang in langs}
    for lang, texts in found.items():
        if len(texts) < EXAMPLES_AT_LEAST:
            raise inner.fail(f"'{key}' needs at least {EXAMPLES_AT_LEAST} messages in '{lang}'.", lang)
    return found


def _ask(table: Table, findings: Collection[str]) -> Ask:
    table.allow("a question", {"id", "when", "about", "text", "options"})
    about = tuple(text for _, text in table.strings("about"))
    for finding in about:
        if finding not in findings:
            raise table.fail(f"'about' names the finding '{finding}', which the lexicon does not know.", "about")
    options = tuple(_option(option, findings) for option in table.tables("options"))
    return Ask(table.text("id"), parse(table["when"], table, "when", findings), about, table.both("text"), options)


def _option(table: Table, findings: Collection[str]) -> Option:
    table.allow("an option", {"en", "zh", "says"})
    says: dict[str, Status] = {}
    for finding, status in table.table("says").items():
        if finding not in findings:
            raise table.fail(f"'says' names the finding '{finding}', which the lexicon does not know.", "says")
        says[finding] = _status(status, table)
    return Option({"en": table.text("en"), "zh": table.text("zh")}, says)


def _status(value: Any, table: Table) -> Status:
    for status in ("present", "absent", "unknown"):
        if value == status:
            return status
    raise table.fail("'says' gives each finding one of present, absent, unknown.", "says")
