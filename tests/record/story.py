"""Conversations told in steps, on the real store, as the chat server and the desk would take them."""

from __future__ import annotations

from sqlalchemy import Engine, select

from bot.conversation import marks, ownership
from bot.conversation.connection import Client
from bot.conversation.entry import Button, Entry
from bot.conversation.rasa import RasaReply
from bot.conversation.replies import carry_out_turn, read_replies
from bot.conversation.screening import carry_out_reading, screen_message
from bot.conversation.state import State
from bot.conversation.store import Change, Conversations, now_ms
from bot.handoff.sbar import sbar
from bot.record import tables
from bot.triage import Reading, raised

Rows = dict[str, list[dict[str, object]]]
PATIENT_TEXT = "My name is Marguerite Quillfeather, is camomile any good?"


class Story:
    """One conversation."""

    def __init__(self, conversations: Conversations, conversation: str) -> None:
        self.conversations = conversations
        self.id = conversation
        self.turn = ""
        self._said = 0

    @staticmethod
    async def begin(redis: Client, lang: str = "en") -> Story:
        """A patient opens the chat."""
        conversations = Conversations(redis)
        conversation, _token = await conversations.create("web", lang)
        return Story(conversations, conversation)

    async def patient(self, text: str = PATIENT_TEXT) -> str:
        """The patient writes; the screen looks. Returns the entry's id, which is the turn."""
        self._said += 1
        state = await self.state()
        message = Entry(sender="patient", text=text, lang=state.lang, client_id=f"m{self._said}").stamped(state.epoch)
        self.turn, _ = await self.conversations.accept(self.id, message)
        await screen_message(self.conversations, self.id, self.turn, "GB")
        return self.turn

    async def readers_raise(self) -> None:
        """The learned readers see an emergency in the last message."""
        message = await self.conversations.entry(self.id, self.turn)
        verdict = await self.conversations.verdict(self.id, self.turn)
        assert message is not None
        assert verdict is not None
        after = raised(verdict, [Reading.of("classifier", [1.0, 0.0, 0.0, 0.0])], "GB")
        await self.conversations.change(self.id, lambda now: carry_out_reading(now, message, after, "GB"))

    async def bot(self, *replies: RasaReply, epoch: int | None = None) -> None:
        """The bot answers the last message; with an older epoch, too late."""
        outcome = read_replies(
            replies or (RasaReply("Camomile is pleasant.", (Button("A nurse", "/ask_human"),)),), "en"
        )
        turn = self.turn
        at = (await self.state()).epoch if epoch is None else epoch
        await self.conversations.change(self.id, lambda now: carry_out_turn(now, turn, at, outcome, "GB"))

    async def wait_for_nurse(self) -> None:
        """The patient asks for a nurse."""
        await self.own(lambda now: ownership.request_nurse(now, reason="asked", acuity="routine", now=now_ms()))

    async def claim(self, nurse: str = "ada") -> None:
        """A nurse takes it, with the hand-over note."""
        entries = await self.conversations.entries(self.id)

        def step(now: State) -> Change:
            after = ownership.claim(now, nurse=nurse, nurse_name=f"Nurse {nurse}")
            return Change(state=after, note=sbar(after, entries).text)

        await self.conversations.change(self.id, step)

    async def nurse(self, text: str = "Hello, I am a nurse.") -> None:
        """The nurse writes."""
        said = Entry(sender="nurse", text=text, lang="en", author="Nurse ada")
        await self.conversations.change(self.id, lambda now: Change(entries=(said.stamped(now.epoch),)))

    async def close(self, nurse: str = "ada") -> None:
        """The nurse ends it."""
        last = await self._last_entry()
        await self.own(lambda now: ownership.close(now, nurse=nurse, last_entry=last))

    async def hand_back(self, nurse: str = "ada") -> None:
        """The nurse gives it back to the bot."""
        last = await self._last_entry()
        await self.own(lambda now: ownership.hand_back(now, nurse=nurse, last_entry=last))

    async def judge(self, helpful: bool) -> None:
        """The patient says whether the last answer helped."""
        entry = await self._last_answer()
        await self.conversations.change(self.id, lambda _now: Change(mark=marks.feedback(entry, helpful)))

    async def correct(self, text: str, outcome: str = "answered", topic: str | None = None, nurse: str = "ada") -> None:
        """A nurse says what the last answer should have been."""
        mark = marks.correction(
            await self._last_answer(), outcome=outcome, text=text, topic=topic, nurse=nurse, by=f"Nurse {nurse}"
        )
        await self.conversations.change(self.id, lambda _now: Change(mark=mark))

    async def state(self) -> State:
        """The state now."""
        return await self.conversations.state(self.id)

    async def whole(self) -> None:
        """All that a conversation may bring: an answer, what is said of it, a late reply, an emergency, a nurse ..."""
        await self.patient()
        await self.bot(RasaReply(custom={"kind": "answer", "answer": ANSWER}))
        await self.judge(False)
        await self.correct(f"Better: {PATIENT_TEXT}")
        await self.patient("And what helps against a cough?")
        epoch = (await self.state()).epoch
        await self.patient("I have crushing chest pain and my left arm is numb")
        self.turn = (await self.conversations.entries(self.id))[2].id
        await self.bot(epoch=epoch)
        await self.claim()
        await self.nurse()
        await self.patient("Thank you \x00 谢谢")
        await self.close()
        await self.patient("One more thing")
        await self.bot()

    async def own(self, step) -> None:  # type: ignore[no-untyped-def]
        """A change of owner: a function of the state."""
        await self.conversations.change(self.id, lambda now: Change(state=step(now)))

    async def _last_answer(self) -> Entry:
        return [entry for entry in await self.conversations.entries(self.id) if entry.kind == "answer"][-1]

    async def _last_entry(self) -> str:
        (last,) = await self.conversations.recent(self.id, count=1)
        return last.id


ANSWER = {
    "outcome": "answered",
    "answer": "It may soothe. [1]",
    "sentences": [{"text": "It may soothe.", "citations": [1]}],
    "citations": [{"n": 1, "title": "Teas", "url": "https://example.org", "quote": "It may soothe."}],
    "help": None,
    "acuity": "self_care",
}


def rows(engine: Engine, *, without: tuple[str, ...] = ("position",)) -> Rows:
    """Every row of every table, in the order of their keys."""
    found: Rows = {}
    with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in without:
                query = select(table).order_by(*table.primary_key)
                found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    return found
