"""The findings in patients' words, the word sets they use and the words that set a context, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError
from .matcher import Matcher
from .source import Table, read
from .verdict import Lang
from .wording import Term, Wording, WordingError, alternatives, parse

LANGS: tuple[Lang, ...] = ("en", "zh")
KINDS = {"symptom", "event", "condition", "person", "quality"}
CONTEXTS = (
    "negation negation_close negation_after plain scope_end hypothetical information "
    "past ongoing happened resolved fiction aside own animal human idiom"
).split()

_LOOKALIKES = {f"{group}_{lang}" for group in ("not", "beside") for lang in LANGS}

# A wording belongs to a finding ("finding", id), is a look-alike of one that it touches ("not", id), explains one
# away in the same sentence ("beside", id), or sets a context ("context", kind).
Owner = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One finding. Symptoms, events and conditions are complaints; persons and qualities only colour them."""

    id: str
    label: Mapping[str, str]
    kind: str
    lasting: bool
    """Still counts when it has passed (a stroke-like spell, an overdose)."""
    implies: tuple[str, ...]
    path: str
    line: int
    implies_line: int


@dataclass(frozen=True)
class Lexicon:
    """All findings and the automaton that finds them."""

    entries: Mapping[str, Entry]
    matcher: Matcher[Owner]
    simplified: Mapping[int, str]


def load(folder: Path) -> Lexicon:
    """Read `traditional.yml`, `sets.yml`, `context.yml`, `spelling.yml` and `lexicon/`. Raises DataError."""
    simplified = _simplified(folder / "traditional.yml")
    sets = _sets(read(folder / "sets.yml"), simplified)
    wordings: list[tuple[Owner, Wording]] = []
    context = read(folder / "context.yml")
    context.allow("the file", set(CONTEXTS))
    for kind in CONTEXTS:
        table = context.table(kind)
        table.allow(f"'{kind}'", set(), set(LANGS))
        for lang in LANGS:
            wordings += [(("context", kind), one) for one in _wordings(table, lang, lang, sets, simplified)]
    entries: dict[str, Entry] = {}
    for path in sorted((folder / "lexicon").glob("*.yml")):
        file = read(path)
        file.allow("the file", {"findings"})
        for table in file.tables("findings"):
            entry = _entry(table, entries)
            entries[entry.id] = entry
            for lang in LANGS:
                wordings += [(("finding", entry.id), one) for one in _wordings(table, lang, lang, sets, simplified)]
                for group in ("not", "beside"):
                    key = f"{group}_{lang}"
                    wordings += [((group, entry.id), one) for one in _wordings(table, key, lang, sets, simplified)]
    _check_implied(entries)
    real = read(folder / "spelling.yml")
    real.allow("the file", {"real_words"})
    words = [word for _, line in real.strings("real_words") for word in line.split()]
    return Lexicon(entries, Matcher(wordings, words), simplified)


def _simplified(path: Path) -> dict[int, str]:
    table = read(path)
    table.allow("the file", {"pairs"})
    pairs: dict[int, str] = {}
    for line, row in table.strings("pairs"):
        for pair in row.split():
            if len(pair) != 2:
                raise DataError(table.path, line, f"'{pair}' must be two characters: traditional, then simplified.")
            pairs[ord(pair[0])] = pair[1]
    return pairs


def _sets(file: Table, simplified: Mapping[int, str]) -> dict[Lang, dict[str, Term]]:
    file.allow("the file", {"sets"})
    found: dict[Lang, dict[str, Term]] = {"en": {}, "zh": {}}
    for name, table in file.table("sets").items():
        if not isinstance(table, Table):
            raise file.table("sets").fail(f"the set '{name}' needs 'en', 'zh' or both.", name)
        table.allow(f"the set '{name}'", set(), set(LANGS))
        for lang in LANGS:
            if lang in table:
                try:
                    found[lang][name] = alternatives(table.text(lang), found[lang], simplified)
                except WordingError as problem:
                    raise table.fail(str(problem), lang) from problem
    return found


def _wordings(
    table: Table, key: str, lang: Lang, sets: Mapping[Lang, Mapping[str, Term]], simplified: Mapping[int, str]
) -> list[Wording]:
    found: list[Wording] = []
    for line, text in table.strings(key):
        try:
            found.append(parse(text, lang, sets[lang], simplified))
        except WordingError as problem:
            raise DataError(table.path, line, str(problem)) from problem
    return found


def _entry(table: Table, known: Mapping[str, Entry]) -> Entry:
    table.allow("a finding", {"id", "label", "kind"}, {"lasting", "implies", *LANGS, *_LOOKALIKES})
    name = table.text("id")
    if name in known:
        raise table.fail(f"the finding '{name}' is already defined at {known[name].path}:{known[name].line}.", "id")
    if table.text("kind") not in KINDS:
        raise table.fail(f"'kind' must be one of {', '.join(sorted(KINDS))}.", "kind")
    lasting = table.get("lasting", "false")
    if str(lasting).lower() not in {"true", "false"}:
        raise table.fail("'lasting' must be true or false.", "lasting")
    implies = tuple(text for _, text in table.strings("implies"))
    return Entry(
        id=name,
        label=table.both("label"),
        kind=table.text("kind"),
        lasting=str(lasting).lower() == "true",
        implies=implies,
        path=table.path,
        line=table.line,
        implies_line=table.line_of("implies"),
    )


def _check_implied(entries: Mapping[str, Entry]) -> None:
    for entry in entries.values():
        for other in entry.implies:
            if other not in entries:
                message = f"'{entry.id}' implies '{other}', which no file defines."
                raise DataError(entry.path, entry.implies_line, message)
