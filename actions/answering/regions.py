"""What texts call things in other regions than the one they were written for: `data/knowledge/regions.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ruamel.yaml import YAML

from bot.triage import region_contacts

from .topic import Passage

_DIAL = "dial"


class Regions:
    """The numbers and names of each region. `dial`: by language, how imported text names an emergency number."""

    def __init__(
        self, tables: Mapping[str, Mapping[str, Mapping[str, str]]], dial: Mapping[str, re.Pattern[str]]
    ) -> None:
        self._tables = tables
        self._dial = dial

    @classmethod
    def load(cls, path: Path) -> Regions:
        """From the file. KeyError or re.error where it is broken."""
        data = YAML(typ="safe").load(path.read_text("utf-8"))
        dial = {lang: re.compile(pattern) for lang, pattern in data.pop(_DIAL).items()}
        return cls(data, dial)

    def words(self, text: str, lang: str, own: str, region: str | None) -> str:
        """A page's text with the numbers and names of a region; unchanged where none are known."""
        table = self._tables.get(lang, {}).get(region or own)
        if not table or region == own:
            return text
        pattern = "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))
        edge = r"(?<![A-Za-z0-9])" + f"(?:{pattern})" + r"(?![A-Za-z0-9])"
        return re.sub(edge, lambda found: table[found.group()], text)

    def passage(self, passage: Passage, region: str | None) -> Passage:
        """The passage as it reads in a region; None is that of our own pages in the passage's language."""
        if passage.imported:
            return replace(passage, text=self._dialled(passage.text, passage.lang, region))
        if region is None or region == passage.region:
            return passage
        own = passage.region
        return replace(
            passage,
            text=self.words(passage.text, passage.lang, own, region),
            help=self.words(passage.help, passage.lang, own, region),
        )

    def _dialled(self, text: str, lang: str, region: str | None) -> str:
        """The text with the emergency number to ring where the patient is: whoever wrote it may live elsewhere."""
        number = region_contacts(region, lang)[0].number

        def ring(found: re.Match[str]) -> str:
            start, end = (at - found.start() for at in found.span(1))
            return found.group()[:start] + number + found.group()[end:]

        return self._dial[lang].sub(ring, text)
