"""The automaton: one walk over the tokens finds every term, then the wordings whose terms are all there."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from .spelling import Spelling
from .text import Tokens
from .wording import NUMBER, Step, Term, Wording

Owner = TypeVar("Owner")
Span = tuple[int, int]

NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred dozen "
    "handful couple several few half".split()
) | frozenset("一二两三四五六七八九十几百半")

# However often a term occurs, a wording is looked for this many times at most: keeps the time linear.
_MOST = 64

_COMMAS = frozenset(",;:，；：、")
_ASCII = "\x7f"


@dataclass(eq=False)
class _Node:
    __slots__ = ("children", "terms")
    children: dict[str, _Node]
    terms: set[int]


@dataclass(frozen=True)
class _Compiled(Generic[Owner]):
    owner: Owner
    parts: tuple[tuple[tuple[int, int], ...], ...]
    """Per part its steps as (term, gap)."""
    window: int
    terms: frozenset[int]


@dataclass(frozen=True)
class Match(Generic[Owner]):
    """A wording found: tokens `start` to `end`, made of `pieces` with gaps between them."""

    owner: Owner
    start: int
    end: int
    pieces: tuple[Span, ...]


class Matcher(Generic[Owner]):
    """Finds wordings in tokens. Build once, use from any thread."""

    def __init__(self, wordings: Iterable[tuple[Owner, Wording]], real_words: Iterable[str] = ()) -> None:
        self._root = _Node({}, set())
        self._terms: dict[Term, int] = {}
        compiled = [self._compile(owner, wording) for owner, wording in wordings]
        counts: dict[int, int] = {}
        for one in compiled:
            for term in one.terms:
                counts[term] = counts.get(term, 0) + 1
        sizes = {number: len(term) for term, number in self._terms.items()}
        self._by_anchor: dict[int, list[_Compiled[Owner]]] = {}
        for one in compiled:
            # a term of few words is seldom there: it decides soonest whether a wording is worth a look
            anchor = min(one.terms, key=lambda term: (counts[term] * sizes[term], term))
            self._by_anchor.setdefault(anchor, []).append(one)
        self._keys = self._key_finder(real_words)

    def _compile(self, owner: Owner, wording: Wording) -> _Compiled[Owner]:
        parts = tuple(tuple((self._term(step), step.gap) for step in part) for part in wording.parts)
        return _Compiled(owner, parts, wording.window, frozenset(term for part in parts for term, _ in part))

    def _term(self, step: Step) -> int:
        known = self._terms.get(step.term)
        if known is not None:
            return known
        number = self._terms[step.term] = len(self._terms)
        for words in step.term:
            node = self._root
            for word in words:
                node = node.children.setdefault(word, _Node({}, set()))
            node.terms.add(number)
        return number

    def _key_finder(self, real_words: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
        """What a token of a message may stand for in the automaton; remembered, as most words come again."""
        vocabulary = {word for term in self._terms for words in term for word in words}
        prefixes = {word[:-1] for word in vocabulary if word.endswith("*")}
        exact = {word for word in vocabulary if not word.endswith("*")}
        spelling = Spelling((word for word in exact | prefixes if word.isascii()), real_words)

        def standing(word: str) -> Iterator[str]:
            if word in exact:
                yield word
            for end in range(3, len(word) + 1):
                if word[:end] in prefixes:
                    yield word[:end] + "*"

        @lru_cache(maxsize=8192)
        def keys(word: str) -> tuple[str, ...]:
            found = list(standing(word))
            if word not in exact and word.isascii():
                for right in spelling.corrections(word):
                    found.extend(standing(right))
            if word[0].isdigit() or word in NUMBER_WORDS:
                found.append(NUMBER)
            return tuple(dict.fromkeys(found))

        return keys

    def find(self, tokens: Tokens) -> list[Match[Owner]]:
        """Every wording in the tokens. Linear in their number."""
        hits = self._walk(tokens)
        present = set[int]().union(*(node.terms for node in hits))
        likely = [
            one for term in present & self._by_anchor.keys() for one in self._by_anchor[term] if one.terms <= present
        ]
        needed = set[int]().union(*(one.terms for one in likely))
        occurrences: defaultdict[int, list[Span]] = defaultdict(list)
        # a common word belongs to hundreds of sets, of which a message needs few
        for node, spans in hits.items():
            for term in node.terms & needed:
                occurrences[term] += spans
        for spans in occurrences.values():
            spans.sort()
        return [match for one in likely for match in _whole(one, occurrences, tokens.places)]

    def _walk(self, tokens: Tokens) -> dict[_Node, list[Span]]:
        keys = [self._keys(word) for word in tokens.words]
        for at, stem in tokens.stems.items():
            keys[at] = tuple(dict.fromkeys(keys[at] + self._keys(stem)))
        sentences = tokens.sentences
        parted = _parted(tokens)
        hits: defaultdict[_Node, list[Span]] = defaultdict(list)
        count = len(keys)
        first = self._root.children
        for start, standing in enumerate(keys):
            # most tokens begin nothing and go on in one way only: this loop is the cost of the screen
            for key in standing:
                waiting = [(first[key], start + 1)] if key in first else None
                while waiting:
                    node, at = waiting.pop()
                    if node.terms:
                        hits[node].append((start, at))
                    children = node.children
                    if children and at < count and sentences[at] == sentences[start] and at not in parted:
                        for after in keys[at]:
                            if after in children:
                                waiting.append((children[after], at + 1))
        return hits


def _parted(tokens: Tokens) -> set[int]:
    """Tokens that no term goes on to: a comma parts two characters, which are a word only side by side."""
    words = tokens.words
    return {
        at for at, pause in tokens.pauses.items()
        if pause[0] in _COMMAS and 0 < at < len(words) and words[at] > _ASCII and words[at - 1] > _ASCII
    }  # fmt: skip


def _whole(
    one: _Compiled[Owner], occurrences: dict[int, list[Span]], places: tuple[int, ...]
) -> Iterator[Match[Owner]]:
    if len(one.terms) == 1 and len(one.parts) == 1 and len(one.parts[0]) == 1:
        for span in occurrences[one.parts[0][0][0]][:_MOST]:
            yield Match(one.owner, span[0], span[1], (span,))
        return
    per_part = [list(_sequences(part, occurrences, places)) for part in one.parts]
    if not all(per_part):
        return
    for first in per_part[0]:
        pieces = list(first)
        for others in per_part[1:]:
            near = _nearest(first, others, one.window, places)
            if near is None:
                break
            pieces.extend(near)
        else:
            pieces.sort()
            yield Match(one.owner, pieces[0][0], max(end for _, end in pieces), tuple(pieces))


def _sequences(
    steps: tuple[tuple[int, int], ...], occurrences: dict[int, list[Span]], places: tuple[int, ...]
) -> Iterator[tuple[Span, ...]]:
    for first in occurrences[steps[0][0]][:_MOST]:
        pieces = [first]
        for term, gap in steps[1:]:
            spans = occurrences[term]
            end = pieces[-1][1]
            at = bisect_left(spans, (end, end))
            if at == len(spans) or places[spans[at][0]] - places[end - 1] - 1 > gap:
                break
            pieces.append(spans[at])
        else:
            yield tuple(pieces)


def _nearest(
    first: tuple[Span, ...], others: list[tuple[Span, ...]], window: int, places: tuple[int, ...]
) -> tuple[Span, ...] | None:
    start, end = first[0][0], first[-1][1]
    at = bisect_left(others, first)
    best: tuple[int, tuple[Span, ...]] | None = None
    for other in others[max(0, at - 4) : at + 5]:
        low, high = other[0][0], other[-1][1]
        if low >= end:
            away = places[low] - places[end - 1] - 1
        elif high <= start:
            away = places[start] - places[high - 1] - 1
        else:
            continue
        if away <= window and (best is None or away < best[0]):
            best = (away, other)
    return best[1] if best else None
