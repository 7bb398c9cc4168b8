"""One message read: its findings, each with its status for the patient now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from .context import Scopes, decide, scopes
from .knowledge import Knowledge
from .matcher import Match
from .measures import Measured, measure
from .text import Tokens, tokenise
from .verdict import Finding, Status

# Of two mentions of the same finding, the one that counts.
_STRENGTH: dict[Status, int] = {"present": 0, "absent": 1, "unknown": 2}


def read(text: str, knowledge: Knowledge) -> tuple[Finding, ...]:
    """All findings of one message, in the order of their first mention, one per finding."""
    lexicon = knowledge.lexicon
    tokens = tokenise(text, lexicon.simplified)
    matches = lexicon.matcher.find(tokens)
    scope = scopes(tokens, matches)
    hidden = _tokens_of(matches, ("context", "idiom"))
    lookalikes: dict[str, set[int]] = {}
    explained: dict[str, set[int]] = {}
    for match in matches:
        if match.owner[0] == "not":
            lookalikes.setdefault(match.owner[1], set()).update(range(match.start, match.end))
        elif match.owner[0] == "beside":
            explained.setdefault(match.owner[1], set()).add(tokens.sentences[match.start])
    measured = _located(tokens, knowledge)
    for at, one in measured:
        if one.instead_of:
            explained.setdefault(one.instead_of, set()).add(tokens.sentences[at])
    mentions = [_number(text, at, one, scope, tokens, knowledge) for at, one in measured]
    for match in matches:
        group, name = match.owner
        if group != "finding" or _touches(match, hidden) or _touches(match, lookalikes.get(name, set())):
            continue
        if tokens.sentences[match.start] in explained.get(name, ()):
            continue
        mentions.append(_mention(text, name, match, scope, tokens, knowledge))
    return _with_implied(_strongest(mentions), knowledge)


def _tokens_of(matches: Iterable[Match[tuple[str, str]]], owner: tuple[str, str]) -> set[int]:
    # only the words of the figure of speech, not what stands between them: "this job, my head, it is killing me"
    found = (piece for match in matches if match.owner == owner for piece in match.pieces)
    return {at for start, end in found for at in range(start, end)}


def _touches(match: Match[tuple[str, str]], tokens: set[int]) -> bool:
    return bool(tokens) and any(at in tokens for start, end in match.pieces for at in range(start, end))


def _mention(
    text: str, name: str, match: Match[tuple[str, str]], scope: Scopes, tokens: Tokens, knowledge: Knowledge
) -> Finding:
    entry = knowledge.lexicon.entries[name]
    status, context = decide(scope, tokens, match, entry.kind, entry.lasting)
    start, end = tokens.starts[match.start], tokens.ends[match.end - 1]
    return Finding(name, status, text[start:end], start, end, context)


def _located(tokens: Tokens, knowledge: Knowledge) -> list[tuple[int, Measured]]:
    """The numbers that mean a finding, each with the token it starts at."""
    found = ((bisect_left(tokens.starts, one.start), one) for one in measure(tokens.folded, knowledge.measures))
    return [(at, one) for at, one in found if at < len(tokens.words)]


def _number(text: str, at: int, one: Measured, scope: Scopes, tokens: Tokens, knowledge: Knowledge) -> Finding:
    stand_in: Match[tuple[str, str]] = Match(("finding", one.finding), at, at + 1, ((at, at + 1),))
    entry = knowledge.lexicon.entries[one.finding]
    status, context = decide(scope, tokens, stand_in, entry.kind, entry.lasting)
    context = "measured" if status == "present" else context
    return Finding(one.finding, status, text[one.start : one.end], one.start, one.end, context)


def _strongest(mentions: Iterable[Finding]) -> dict[str, Finding]:
    best: dict[str, Finding] = {}
    for one in sorted(mentions, key=lambda m: (m.start, m.end)):
        known = best.get(one.id)
        if known is None or _STRENGTH[one.status] < _STRENGTH[known.status]:
            best[one.id] = one
    return best


def _with_implied(found: dict[str, Finding], knowledge: Knowledge) -> tuple[Finding, ...]:
    for one in list(found.values()):
        if one.status != "present":
            continue
        for other in knowledge.implied[one.id]:
            known = found.get(other)
            if known is None or known.status == "unknown":
                found[other] = Finding(other, "present", one.quote, one.start, one.end, one.context)
    return tuple(found.values())
