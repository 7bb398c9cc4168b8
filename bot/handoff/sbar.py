"""The hand-over note: situation, background, assessment, recommendation, composed from facts, never generated.

Source of the form: NHS England, "SBAR communication tool" (https://www.england.nhs.uk/). The patient's words are
quoted untouched, whatever the note's language; the nurse's words for them stand in `note_words.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Any

from bot.conversation.entry import Entry
from bot.conversation.state import State
from bot.handoff.note_words import WORDS, Words
from bot.triage import finding_kind, finding_label, question_text, rule_advice, rule_title

PARTS = "SBAR"
_ANSWERS = 4
_ABOUT_THE_PERSON = ("person", "condition")


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `lines`: the facts of each part, in the order of PARTS."""

    lines: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """As plain text, a part a line."""
        return "\n".join(f"{part}  {' '.join(lines)}" for part, lines in zip(PARTS, self.lines, strict=True))

    def to_wire(self) -> list[dict[str, Any]]:
        """As docs/protocol.md has it."""
        return [{"part": part, "lines": list(lines)} for part, lines in zip(PARTS, self.lines, strict=True)]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a note needs besides the conversation. zone: of the times; position: in the queue, None where unknown."""

    lang: str = "en"
    region: str | None = None
    zone: tzinfo = UTC
    position: int | None = None


def sbar(state: State, entries: Sequence[Entry], setting: Setting | None = None) -> Note:
    """The note of a conversation, for the nurse who takes it."""
    setting = setting or Setting()
    words = WORDS[setting.lang]
    return Note(
        (
            tuple(_situation(state, setting, words)),
            tuple(_background(state, entries, setting, words)),
            tuple(_assessment(state, setting, words)),
            tuple(_recommendation(state, entries, setting, words)),
        )
    )


def _situation(state: State, setting: Setting, words: Words) -> Iterator[str]:
    yield words.waits(words.reasons.get(state.reason or "", state.reason or words.not_stated))
    yield words.acuity_is(words.acuity.get(state.acuity or "", words.not_rated))
    if state.since:
        yield words.since(_clock(state.since, setting.zone))
    if setting.position:
        yield words.position(setting.position)


def _background(state: State, entries: Sequence[Entry], setting: Setting, words: Words) -> Iterator[str]:
    yield words.writes(words.languages.get(state.lang, state.lang), state.channel)
    for finding in _findings(state, "present"):
        if finding_kind(finding["id"]) in _ABOUT_THE_PERSON:
            yield words.person(_named(finding, setting.lang))
    yield from _asked(entries, words)
    yield from _answered(entries, words)


def _assessment(state: State, setting: Setting, words: Words) -> Iterator[str]:
    for rule in state.rules:
        yield words.rule(_title(rule, setting.lang))
    for finding in _findings(state, "present"):
        if finding_kind(finding["id"]) not in _ABOUT_THE_PERSON:
            yield words.present(_named(finding, setting.lang))
    for finding in _findings(state, "absent"):
        yield words.denied(_named(finding, setting.lang))
    for finding in _findings(state, "unknown"):
        yield words.unknown(_named(finding, setting.lang))
    if state.ask and (question := question_text(state.ask, setting.lang)):
        yield words.not_answered(question)
    if not state.rules and not state.findings:
        yield words.nothing_found


def _recommendation(state: State, entries: Sequence[Entry], setting: Setting, words: Words) -> Iterator[str]:
    yield words.recommend.get(state.acuity or "", words.recommend["routine"])
    if state.advised:
        yield words.advised(_advice(state, setting))
    if question := open_question(entries):
        yield words.open_question(question)


def open_question(entries: Sequence[Entry]) -> str | None:
    """What the patient wrote last and nobody has answered; None where somebody has."""
    unanswered: list[str] = []
    for entry in entries:
        if entry.sender == "patient":
            unanswered.append(entry.text)
        elif entry.sender == "nurse" or (entry.sender == "bot" and entry.kind != "advice" and not entry.question):
            unanswered.clear()
    return unanswered[-1] if unanswered else None


def _asked(entries: Sequence[Entry], words: Words) -> Iterator[str]:
    """What the bot asked, and the patient's reply: the next thing they wrote."""
    for question, reply in pairwise(entries):
        written = question.sender == "bot" and question.kind == "text" and question.text.rstrip().endswith(("?", "？"))
        asks = question.question or written
        if asks and reply.sender == "patient":
            yield words.replied(question.text.strip(), reply.text)


def _answered(entries: Sequence[Entry], words: Words) -> Iterator[str]:
    """What the bot answered to what, and from which sources."""
    said = {entry.id: entry.text for entry in entries}
    for entry in [entry for entry in entries if entry.answer][-_ANSWERS:]:
        answer = entry.answer or {}
        titles = [str(citation["title"]) for citation in answer.get("citations") or ()]
        question = said.get(entry.turn or "", "…")
        yield words.answered(question, list(dict.fromkeys(titles)), str(answer.get("outcome") or ""))


def _advice(state: State, setting: Setting) -> str:
    """What the patient was told last, in the nurse's language where its rule is still known."""
    told = state.advised[-1]
    for rule in state.rules:
        if told in (rule_advice(str(rule["id"]), lang, setting.region) for lang in WORDS):
            return rule_advice(str(rule["id"]), setting.lang, setting.region) or told
    return told


def _findings(state: State, status: str) -> list[Mapping[str, Any]]:
    return [finding for finding in state.findings if finding["status"] == status]


def _named(finding: Mapping[str, Any], lang: str) -> str:
    label = finding_label(finding["id"])
    return f"{label[lang] if label else finding['id']} (“{finding['quote']}”)"


def _title(rule: Mapping[str, Any], lang: str) -> str:
    title = rule_title(str(rule["id"])) or rule["title"]
    return str(title[lang] if isinstance(title, Mapping) else title)


def _clock(at: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%Y-%m-%d %H:%M")
