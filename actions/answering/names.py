"""What patients call the topics of a shelf."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .topic import Topic
from .words import Lexicon


class Names:
    """What patients call the topics of a shelf, looked up by a question's words without going through all of them."""

    def __init__(self, topics: Sequence[Topic], lexicon: Lexicon) -> None:
        every = [
            (at, topic.topic, frozenset(lexicon.keys(name)))
            for at, topic in enumerate(topics)
            for name in (topic.title, *topic.aliases)
        ]
        common = Counter(key for _, _, name in every for key in name)
        self._by_rarest: dict[str, list[tuple[int, str, frozenset[str]]]] = defaultdict(list)
        for place, topic, name in every:
            if name:
                self._by_rarest[min(name, key=lambda key: (common[key], key))].append((place, topic, name))

    def shares(self, terms: Mapping[str, float]) -> dict[str, float]:
        """Per topic that one of its names is held by the question as a whole, the best share of it that one makes."""
        total = sum(terms.values()) or 1.0
        whole = [one for key in terms for one in self._by_rarest.get(key, ()) if one[2] <= terms.keys()]
        found: dict[str, float] = {}
        for _, topic, name in sorted(whole, key=lambda one: one[0]):
            share = sum(terms[key] for key in name) / total
            if share > found.get(topic, 0.0):
                found[topic] = share
        return found
