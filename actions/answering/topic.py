"""A topic with its passages: what is found, cited and quoted. Our own pages are topics, and so is what was imported."""

from __future__ import annotations

from dataclasses import dataclass

from .words import sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, the unit that is found, cited and quoted."""

    id: str
    topic: str
    lang: str
    region: str
    """Whose numbers and names it uses; empty where nobody said."""
    title: str
    heading: str
    text: str
    source: str
    url: str
    help: str
    imported: bool = False
    licence: str = ""
    """What has to be shown with it, if anything."""

    @property
    def sentences(self) -> tuple[str, ...]:
        return sentences(self.text)

    @property
    def content(self) -> str:
        """What is searched: where the paragraph stands, and what it says."""
        return f"{self.title}. {self.heading} {self.text}"

    @property
    def cited(self) -> str:
        """What the source is called: an imported title alone would not say whose it is."""
        return f"{self.title} ({self.source})" if self.imported and self.source else self.title


@dataclass(frozen=True)
class Topic:
    """What one source says of one topic in one language. `help` is the line under every answer from it."""

    title: str
    topic: str
    lang: str
    aliases: tuple[str, ...]
    help: str
    passages: tuple[Passage, ...]
