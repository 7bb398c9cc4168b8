"""Whether a finding is said of the patient now: negation, time, condition, question, story, animal.

The idea is ConText's (Harkema 2009): trigger words with a scope. What it cannot decide it leaves present.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lexicon import Owner
from .matcher import Match
from .text import Tokens
from .verdict import Status

# How far a negation reaches: tokens, that is words or Chinese characters.
_REACH_WORDS = 7
_REACH_HAN = 11
_LIST_WORDS = {"or", "nor"}


@dataclass(frozen=True)
class Scopes:
    """What the trigger words say of each token (`negations`, `animal`) and each stretch of the message."""

    negations: Sequence[int]
    close: frozenset[int]
    """Tokens that a close negation (不) ends on."""
    after: frozenset[int]
    """Tokens on which a trailing negation (": no") starts."""
    negators: frozenset[int]
    animal: Sequence[bool]
    segments: Sequence[int]
    """Stretches between ends of sentence and turning words (but, now)."""
    ongoing: frozenset[int]
    happened: frozenset[int]
    """Segments that tell an event: no question for knowledge and no story, though it may be long past."""
    past: Mapping[int, int]
    """Segment → token from which on it is long past."""
    resolved: frozenset[int]
    fiction: frozenset[int]
    aside: int
    """Token up to which the message is a lesson, a story or a game and tells of nobody's illness."""
    information: dict[int, int]
    """Segment → token from which on it asks for knowledge."""
    hypothetical: dict[int, int]
    """Clause → token from which on it is conditional."""


def scopes(tokens: Tokens, matches: Sequence[Match[Owner]]) -> Scopes:
    """Read all trigger words of a message once. Linear in its length."""
    plain: dict[int, int] = {}
    """Token inside words that look like a trigger and are none → where those words end."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for match in matches:
        if match.owner == ("context", "plain"):
            for at in range(match.start, match.end):
                plain[at] = max(match.end, plain.get(at, 0))
    for match in matches:
        group, kind = match.owner
        # a trigger that reaches out of them is one after all: 我家猫 (my cat), though 我家 (at home) is none
        if group == "context" and kind != "plain" and match.end > plain.get(match.start, 0):
            spans.setdefault(kind, []).append((match.start, match.end))
    segments = _segments(tokens, spans.get("scope_end", []))
    before = _widest(spans.get("negation", []))
    close = spans.get("negation_close", [])
    information: dict[int, int] = {}
    for start, _ in sorted(spans.get("information", []), reverse=True):
        # Chinese asks at the end (中风有哪些前兆): there the question covers what stands before it in its clause
        information[segments[start]] = start if tokens.words[start].isascii() else _clause_start(tokens, start)
    hypothetical: dict[int, int] = {}
    for start, _ in sorted(spans.get("hypothetical", []), reverse=True):
        hypothetical[tokens.clauses[start]] = start
    return Scopes(
        negations=_negations(tokens, segments, before),
        close=frozenset(end for _, end in close),
        after=frozenset(start for start, end in spans.get("negation_after", []) if _closes(tokens, start, end)),
        negators=frozenset(start for start, _ in before + close),
        animal=_animal(tokens, spans.get("animal", []), spans.get("human", [])),
        segments=segments,
        ongoing=_stretches(segments, spans.get("ongoing", []) + spans.get("own", [])),
        happened=_stretches(segments, spans.get("happened", [])),
        past=_pasts(tokens, segments, spans.get("past", [])),
        resolved=_resolved(tokens, segments, spans.get("resolved", [])),
        fiction=_stretches(segments, spans.get("fiction", [])),
        aside=_aside(tokens, spans.get("aside", []), spans.get("own", [])),
        information=information,
        hypothetical=hypothetical,
    )


def _clause_start(tokens: Tokens, at: int) -> int:
    while at and tokens.clauses[at - 1] == tokens.clauses[at]:
        at -= 1
    return at


def _parted(tokens: Tokens, at: int) -> bool:
    """Whether a comma stands before token `at`: `chest pain, no fever` denies the fever alone."""
    return "," in tokens.pauses.get(at, "")


def _closes(tokens: Tokens, start: int, end: int) -> bool:
    """Whether a trailing trigger ends its clause: 胸痛没有, but not 胸痛，没有发烧."""
    return end >= len(tokens.words) or tokens.clauses[end] != tokens.clauses[start]


def _widest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of triggers that overlap (没有 and its own 没) the one that starts first and is longest."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _segments(tokens: Tokens, ends: list[tuple[int, int]]) -> list[int]:
    turns = {start for start, _ in ends}
    segments: list[int] = []
    current = 0
    for at, sentence in enumerate(tokens.sentences):
        if at and (at in turns or sentence != tokens.sentences[at - 1]):
            current += 1
        segments.append(current)
    return segments


def _negations(tokens: Tokens, segments: list[int], negators: list[tuple[int, int]]) -> list[int]:
    counts = [0] * len(tokens.words)
    for at, (start, end) in enumerate(negators):
        limit = _next_apart(negators, at)
        reach = _REACH_WORDS if tokens.words[start].isascii() else _REACH_HAN
        for token in range(end, min(end + reach, len(counts), limit)):
            if segments[token] != segments[start] or (token in tokens.pauses and not _list_goes_on(tokens, token)):
                break
            counts[token] += 1
    return counts


def _next_apart(negators: list[tuple[int, int]], at: int) -> int:
    """Where the next negation takes over; one that follows at once (不是没有) doubles this one instead."""
    for start, _ in negators[at + 1 :]:
        if start > negators[at][1]:
            return start
    return sys.maxsize


def _list_goes_on(tokens: Tokens, at: int) -> bool:
    """Whether the pause before token `at` is inside a list: `no fever, cough or rash`, 没有胸痛、气短."""
    return (
        "、" in tokens.pauses[at]
        or "/" in tokens.pauses[at]
        or any(word in _LIST_WORDS for word in tokens.words[at : at + 5])
    )


def _animal(tokens: Tokens, animals: list[tuple[int, int]], humans: list[tuple[int, int]]) -> list[bool]:
    """Per token whether the last subject named before it was an animal."""
    turns = {start: False for start, _ in humans}
    turns.update({start: True for start, _ in animals})
    current = False
    told: list[bool] = []
    for at in range(len(tokens.words)):
        current = turns.get(at, current)
        told.append(current)
    return told


def _stretches(segments: list[int], spans: list[tuple[int, int]]) -> frozenset[int]:
    return frozenset(segments[start] for start, _ in spans)


def _pasts(tokens: Tokens, segments: list[int], spans: list[tuple[int, int]]) -> dict[int, int]:
    """Where each segment turns to the past: 肚子疼，以前得过憩室炎 does not put the pain there."""
    return {segments[start]: _clause_start(tokens, start) for start, _ in sorted(spans, reverse=True)}


def _aside(tokens: Tokens, asides: list[tuple[int, int]], own: list[tuple[int, int]]) -> int:
    """Where a message that is an aside turns to somebody's own body: from that sentence on all counts."""
    if not asides:
        return 0
    turns = [tokens.sentences[start] for start, _ in own]
    return tokens.sentences.index(min(turns)) if turns else len(tokens.words)


def _resolved(tokens: Tokens, segments: list[int], spans: list[tuple[int, int]]) -> frozenset[int]:
    """Segments that are over; a sentence that opens with `it went away` speaks of the one before."""
    over: set[int] = set()
    for start, _ in spans:
        segment = segments[start]
        over.add(segment)
        opening = start
        while opening and segments[opening - 1] == segment:
            opening -= 1
        if opening and start - opening <= 3:
            over.add(segment - 1)
    return frozenset(over)


def decide(scope: Scopes, tokens: Tokens, match: Match[Owner], kind: str, lasting: bool) -> tuple[Status, str]:
    """Status of one mention and the context that decided it."""
    if _negated(scope, tokens, match):
        return "absent", "negated"
    if scope.animal[match.start]:
        return "absent", "animal"
    segment = scope.segments[match.start]
    ongoing = segment in scope.ongoing
    happened = segment in scope.happened
    if match.start < scope.aside or (segment in scope.fiction and not ongoing and not happened):
        return "absent", "fiction"
    if kind == "person":
        return "present", "stated"
    if match.start >= scope.hypothetical.get(tokens.clauses[match.start], match.end):
        return "unknown", "hypothetical"
    if match.start >= scope.information.get(segment, match.end) and not (ongoing or happened):
        return "unknown", "information"
    if match.start >= scope.past.get(segment, match.end) and not ongoing:
        return "absent", "past"
    if segment in scope.resolved and not ongoing and not lasting:
        return "absent", "resolved"
    return "present", "stated"


def _negated(scope: Scopes, tokens: Tokens, match: Match[Owner]) -> bool:
    inside = {at for start, end in match.pieces for at in range(start, end)}
    between = sum(at in scope.negators for at in range(match.start, match.end) if at not in inside)
    before = scope.negations[match.start]
    # 不喘嘴不肿: the first 不 is not of the swelling, which has its own
    near = not between and match.start - 1 in scope.close and match.start not in tokens.pauses
    close = match.start in scope.close or near
    after = match.end in scope.after and match.end < len(tokens.words) and not _parted(tokens, match.end)
    same = after and tokens.sentences[match.end] == tokens.sentences[match.start]
    # two negations make a yes; an own-clause negation is counted once however it was found
    return (before + between + (1 if close and not before else 0) + (1 if same else 0)) % 2 == 1
