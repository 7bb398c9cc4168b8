"""The hand-over note: situation, background, assessment, recommendation, composed from facts, never generated.

Source of the form: NHS England, "SBAR communication tool" (https://www.england.nhs.uk/).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.entry import Entry
from bot.conversation.state import State

_REASONS = {
    "screen": "the screen saw warning signs",
    "asked": "the patient asked for a human",
    "not_covered": "the reviewed sources do not cover the question",
    "assistant_unavailable": "the assistant could not answer",
    "complaint": "the patient has a complaint",
    "fallback": "the assistant did not understand the patient",
}
_ADVICE = {
    "emergency": "Look now. The patient was told to call the emergency number; check that they did.",
    "urgent": "Look soon: the patient should be seen today.",
}
_LAST = 6


def sbar(state: State, entries: Sequence[Entry]) -> str:
    """The note of a conversation as plain text; the patient's words are quoted untouched."""
    return "\n".join(
        [
            f"S  {_situation(state, entries)}",
            f"B  {_background(state, entries)}",
            f"A  {_assessment(state)}",
            f"R  {_ADVICE.get(state.acuity or '', 'Answer the open question, or hand back to the assistant.')}",
        ]
    )


def _situation(state: State, entries: Sequence[Entry]) -> str:
    said = [entry.text for entry in entries if entry.sender == "patient"]
    words = f' Last words: "{said[-1]}"' if said else ""
    reason = _REASONS.get(state.reason or "", state.reason or "not stated")
    return f"Waiting because {reason}. Acuity: {state.acuity or 'not rated'}.{words}"


def _background(state: State, entries: Sequence[Entry]) -> str:
    said = [f'"{entry.text}"' for entry in entries if entry.sender == "patient"][-_LAST:-1]
    answers = [entry.answer for entry in entries if entry.answer]
    sources = {citation["title"] for answer in answers for citation in answer["citations"] or ()}
    language = "Chinese" if state.lang == "zh" else "English"
    told = f" The bot answered from: {', '.join(sorted(sources))}." if sources else ""
    return f"Writes in {language} by {state.channel}. Before: {' / '.join(said) or 'nothing'}.{told}"


def _assessment(state: State) -> str:
    rules = ", ".join(
        str(rule["title"]["en"] if isinstance(rule["title"], dict) else rule["title"]) for rule in state.rules
    )
    present = [f'{f["id"]} ("{f["quote"]}")' for f in state.findings if f["status"] == "present"]
    absent = [str(f["id"]) for f in state.findings if f["status"] == "absent"]
    parts = [f"Rules: {rules or 'none'}.", f"Present: {'; '.join(present) or 'none found'}."]
    return " ".join([*parts, f"Denied: {', '.join(absent)}."] if absent else parts)
