"""From what Rasa said to what the patient sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation import ownership
from bot.conversation.entry import Button, Entry
from bot.conversation.notices import notice
from bot.conversation.questions import put
from bot.conversation.rasa import RasaReply
from bot.conversation.state import State
from bot.conversation.store import Change, now_ms
from bot.triage import Acuity, Question


@dataclass(frozen=True, slots=True)
class Handoff:
    """What Rasa asks of the conversation."""

    reason: str
    acuity: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One turn's result: what the bot says, and what it asks for."""

    entries: tuple[Entry, ...]
    handoff: Handoff | None = None
    lang: str | None = None

    @property
    def empty(self) -> bool:
        """Nothing for the patient and nothing for the nurses: a failure, not an answer."""
        return not self.entries and self.handoff is None


def read_replies(replies: Sequence[RasaReply], lang: str, ask: Question | None = None) -> Outcome:
    """Rasa's messages as log entries, and its wishes; `ask` is the question that the screen would put.

    An unreadable message counts as a call for a human.
    """
    outcome = Outcome(())
    buttons: tuple[Button, ...] = ()
    for reply in replies:
        if reply.buttons and not reply.text and not reply.custom:  # Rasa sends them apart from what they belong to
            buttons = reply.buttons
            continue
        if ask and reply.custom == {"kind": "question"} and outcome.entries:
            outcome = replace(outcome, entries=(*outcome.entries[:-1], put(ask, outcome.entries[-1])))
            continue
        outcome = _add(outcome, replace(reply, buttons=reply.buttons or buttons), lang)
        buttons = ()
    return outcome


def wants_fresh_session(replies: Sequence[RasaReply]) -> bool:
    """Whether the patient left the interview for something else, which is asked again where no form is open."""
    return any(reply.custom == {"kind": "interview_left"} for reply in replies)


def carry_out_turn(state: State, turn: str, epoch: int, outcome: Outcome, region: str | None) -> Change:
    """Send a turn's outcome, unless the owner changed meanwhile: then it is recorded and shown to nobody."""
    entries = tuple(entry.stamped(epoch, turn) for entry in outcome.entries)
    if state.owner != "bot" or state.epoch != epoch:
        return Change(unsent=entries, done=turn)
    after = replace(state, session_turns=state.session_turns + 1, lang=outcome.lang or state.lang)
    if outcome.handoff is None:
        return Change(state=after, entries=entries, done=turn)
    after = ownership.request_nurse(after, reason=outcome.handoff.reason, acuity=outcome.handoff.acuity, now=now_ms())
    said = (*entries, notice("queued", after.lang, region).stamped(after.epoch, turn))
    return Change(state=after, entries=said, done=turn, alert=after.acuity)


def give_up(state: State, turn: str, epoch: int, region: str | None) -> Change:
    """The dialogue manager could not be had: the patient is told, a nurse looks."""
    if state.owner != "bot" or state.epoch != epoch:
        return Change(done=turn)
    after = ownership.request_nurse(state, reason="assistant_unavailable", acuity=Acuity.ROUTINE.value, now=now_ms())
    told = notice("assistant_unavailable", after.lang, region).stamped(after.epoch, turn)
    return Change(state=after, entries=(told,), done=turn, alert=after.acuity)


def _add(outcome: Outcome, reply: RasaReply, lang: str) -> Outcome:
    said = Entry(sender="bot", text=reply.text, lang=lang, buttons=reply.buttons)
    match reply.custom:
        case None:
            pass
        case {"kind": "answer", "answer": {"answer": str(text)}}:
            given = reply.custom["answer"]
            shown = {name: given.get(name) for name in ("outcome", "sentences", "citations", "help")}
            shown |= {name: given[name] for name in ("near", "topic") if given.get(name)}
            said = replace(said, kind="answer", answer=shown, text=text)
        case {"kind": "handoff", "reason": str(reason)}:
            outcome = replace(outcome, handoff=Handoff(reason, _acuity(reply.custom.get("acuity"))))
        case {"kind": "language", "lang": "en" | "zh" as chosen}:
            outcome = replace(outcome, lang=chosen)
        case _:
            outcome = replace(outcome, handoff=Handoff("unreadable_reply", Acuity.ROUTINE.value))
    return replace(outcome, entries=(*outcome.entries, said)) if said.text else outcome


def _acuity(value: object) -> str:
    known = {acuity.value for acuity in Acuity}
    return str(value) if value in known else Acuity.ROUTINE.value
