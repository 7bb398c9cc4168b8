"""Emergency numbers and services by region, read from `regions.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .protocols import PLACES
from .source import Table, read
from .verdict import Contact, Lang


@dataclass(frozen=True)
class Service:
    """One number. `purpose` is emergency, urgent, crisis or poison."""

    purpose: str
    number: str
    label: Mapping[str, str]


@dataclass(frozen=True)
class Region:
    """The services of one region, emergency first, and how its advice names them."""

    id: str
    services: tuple[Service, ...]
    words: Mapping[str, Mapping[str, str]]

    def contacts(self, lang: Lang, purposes: frozenset[str] | None = None) -> tuple[Contact, ...]:
        chosen = (s for s in self.services if purposes is None or s.purpose in purposes)
        return tuple(Contact(service.label[lang], service.number) for service in chosen)

    def fill(self, text: str, lang: Lang) -> str:
        """The advice with this region's numbers and services in its places."""
        for place in PLACES:
            text = text.replace("{" + place + "}", self.words[place][lang])
        return text


@dataclass(frozen=True)
class Regions:
    """All regions and which one stands in where none is set."""

    by_id: Mapping[str, Region]
    by_language: Mapping[str, str]
    elsewhere: str

    def choose(self, region: str | None, lang: Lang) -> Region:
        """The region named; that of the language where none is; the fallback for one nobody knows."""
        if not region or not region.strip():
            return self.by_id[self.by_language[lang]]
        return self.by_id.get(region.strip().upper(), self.by_id[self.elsewhere])


def load(folder: Path) -> Regions:
    """Read `regions.yml`. Raises DataError."""
    file = read(folder / "regions.yml")
    file.allow("the file", {"by_language", "elsewhere", "regions"})
    by_id = {table.text("id"): _region(table) for table in file.tables("regions")}
    language = file.table("by_language")
    language.allow("'by_language'", {"en", "zh"})
    by_language = {lang: language.text(lang) for lang in ("en", "zh")}
    elsewhere = file.text("elsewhere")
    for name in (*by_language.values(), elsewhere):
        if name not in by_id:
            raise file.fail(f"there is no region '{name}'.")
    return Regions(by_id, by_language, elsewhere)


def _region(table: Table) -> Region:
    table.allow("a region", {"id", "services", "words"})
    services = [_service(row) for row in table.tables("services")]
    if not services or services[0].purpose != "emergency":
        raise table.fail("the first service of a region must be its emergency number.", "services")
    words = table.table("words")
    words.allow("'words'", PLACES)
    return Region(table.text("id"), tuple(services), {place: words.both(place) for place in PLACES})


def _service(table: Table) -> Service:
    table.allow("a service", {"for", "number", "label"})
    if table.text("for") not in PLACES:
        raise table.fail(f"'for' must be one of {', '.join(sorted(PLACES))}.", "for")
    number = table.get("number")
    if not isinstance(number, str) or not number:
        raise table.fail("'number' must be a text: put it in quotes.", "number")
    return Service(table.text("for"), number, table.both("label"))
