"""The screen's verdict on a message, and what it does to the conversation.

This is the floor under everything: it needs the store and the pure screen, and no other service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation import ownership
from bot.conversation.entry import Entry, entry_order
from bot.conversation.notices import notice, notice_text
from bot.conversation.questions import question_of
from bot.conversation.state import State
from bot.conversation.store import Change, Conversations, now_ms
from bot.triage import Acuity, Said, Verdict, screen

ALARMING = (Acuity.EMERGENCY, Acuity.URGENT)
READERS = "/readers"
"""Between an entry's id and an acuity: the verdict as the learned readers raised it to that acuity."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A message with its verdict carried out: the state after it, and the log up to and with the message."""

    verdict: Verdict
    state: State
    entries: tuple[Entry, ...]


async def screen_message(
    conversations: Conversations, conversation: str, entry_id: str, region: str | None
) -> Screened:
    """Screen one logged message with what was said before it, and carry the verdict out, at most once."""
    view = await conversations.view(conversation, entry_id)
    if view.verdict:
        return Screened(view.verdict, view.state, view.entries)
    message = view.entries[-1]
    verdict = screen(message.text, history=said_before(view.entries, view.state, entry_id), region=region)
    committed = await conversations.change(
        conversation, lambda now: carry_out(now, message, verdict, region), known=view.state
    )
    if committed.status == "settled":  # another process was quicker: its verdict counts
        view = await conversations.view(conversation, entry_id)
        return Screened(view.verdict or verdict, view.state, view.entries)
    return Screened(verdict, committed.state, view.entries)


def carry_out(state: State, message: Entry, verdict: Verdict, region: str | None) -> Change:
    """What a verdict does: the advice to the patient, the place in the queue, the alert at the desk."""
    state = replace(
        ownership.heard(ownership.reopen(state), now=now_ms()), lang=reply_language(message.text, state.lang),
        findings=tuple(finding for finding in verdict.to_dict()["findings"]),
        rules=_merged(state.rules, verdict.to_dict()["rules"]), ask=verdict.ask.id if verdict.ask else None,
    )  # fmt: skip
    settled = (message.id, verdict)
    if verdict.acuity not in ALARMING:
        raised = ownership.more_urgent(state.acuity, verdict.acuity.value)
        return Change(
            state=replace(state, acuity=raised),
            verdict=settled,
            done=None if for_the_bot(state, message.id) else message.id,
        )
    worse = ownership.more_urgent(state.acuity, verdict.acuity.value) != state.acuity
    after = ownership.request_nurse(state, reason="screen", acuity=verdict.acuity.value, now=now_ms())
    advice, card = advice_of(verdict, region)
    news = worse or advice not in state.advised
    alert = verdict.acuity.value if news or after.owner != state.owner else None
    if after.owner == "nurse":  # the bot does not talk over a nurse: the desk is alerted instead
        return Change(state=after, verdict=settled, alert=alert, done=message.id)
    shown = Entry(sender="bot", kind="advice", text=advice, lang=verdict.lang, advice=card)
    queued = notice(f"queued_{verdict.acuity.value}", after.lang, region)
    said = [shown, queued] if news else _remind(after, message, region)
    if question := question_of(verdict):  # the answers may make it more urgent, and spare the nurse the asking
        said.append(question)
    after = replace(after, advised=(*after.advised, advice) if news else after.advised)
    return Change(
        state=after,
        verdict=settled,
        alert=alert,
        done=message.id,
        entries=tuple(e.stamped(after.epoch, message.id) for e in said),
    )


def for_the_bot(state: State, entry_id: str) -> bool:
    """Whether the bot answers a message: not what was written to a nurse or the queue, nor what a nurse settled."""
    return state.owner == "bot" and entry_order(entry_id) > entry_order(state.screen_from)


def is_for_the_bot(screened: Screened) -> bool:
    """Whether a turn of the bot answers a screened message, and not its advice or a nurse."""
    return screened.verdict.acuity not in ALARMING and for_the_bot(screened.state, screened.entries[-1].id)


def carry_out_reading(state: State, message: Entry, verdict: Verdict, region: str | None) -> Change:
    """The same for a verdict that the learned readers raised, once an acuity; the message's turn ends by itself."""
    settled = (f"{message.id}{READERS}/{verdict.acuity.value}", verdict)
    return replace(carry_out(state, message, verdict, region), verdict=settled, done=None)


def advice_of(verdict: Verdict, region: str | None) -> tuple[str, Mapping[str, Any]]:
    """The words of a verdict's advice, and the card's facts (acuity, numbers to ring)."""
    text = verdict.advice or notice_text(f"{verdict.acuity.value}_unspecified", verdict.lang, region)
    contacts = [{"label": contact.label, "number": contact.number} for contact in verdict.contacts]
    return text, {"acuity": verdict.acuity.value, "contacts": contacts}


def said_before(entries: Sequence[Entry], state: State, entry_id: str) -> list[Said]:
    """What patient and bot said before a message, since the last matter was settled."""
    low, high = entry_order(state.screen_from), entry_order(entry_id)
    return [
        Said("patient" if entry.sender == "patient" else "bot", entry.text)
        for entry in entries
        if entry.sender in ("patient", "bot") and low < entry_order(entry.id) < high
    ]


def reply_language(text: str, current: str) -> str:
    """The language to answer in: Chinese for any Chinese character, English for two words or more, else as before."""
    if any("\u3400" <= character <= "\u9fff" for character in text):
        return "zh"
    words = [word for word in text.split() if sum(c.isascii() and c.isalpha() for c in word) >= 2]
    return "en" if len(words) >= 2 else current


def _remind(after: State, message: Entry, region: str | None) -> list[Entry]:
    """The verdict counts what was said before: only words that are an emergency by themselves are answered again."""
    alone = screen(message.text, region=region)
    return [notice("still_emergency", after.lang, region)] if alone.acuity is Acuity.EMERGENCY else []


def _merged(known: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return tuple({rule["id"]: rule for rule in (*known, *new)}.values())
