"""The screen's questions as log entries: the words, with the answers to choose from as buttons."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.entry import Button, Entry
from bot.triage import Question, Verdict


def put(ask: Question, entry: Entry) -> Entry:
    """An entry that puts this question. Its buttons are words of the patient's, read by the screen like any others."""
    return replace(entry, buttons=tuple(Button(title, "") for title in ask.options), question=ask.id)


def question_of(verdict: Verdict) -> Entry | None:
    """The question that the verdict leaves open; None where there is none."""
    ask = verdict.ask
    return put(ask, Entry(sender="bot", text=ask.text, lang=verdict.lang)) if ask else None
