"""What one nurse does with a conversation, and what the patient is told of it."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import marks, ownership
from bot.conversation.entry import Entry
from bot.conversation.notices import notice
from bot.conversation.ownership import NotAllowedError, Receiver
from bot.conversation.state import State
from bot.conversation.store import Change, Conversations
from bot.desk import audit
from bot.desk.accounts import Accounts, Nurse
from bot.handoff.presence import Presence
from bot.handoff.queue import longest_snooze
from bot.handoff.rules import HandoffRules
from bot.handoff.sbar import Setting, sbar
from bot.handoff.waits import Waits

_LONGEST = 8000
_LONGEST_TOPIC = 64
_ALARMING = ("emergency", "urgent")


class NurseActs:
    """The acts of one nurse. NotAllowedError for what is not theirs to do, ValueError for what makes no sense."""

    def __init__(
        self, conversations: Conversations, accounts: Accounts, presence: Presence, waits: Waits, rules: HandoffRules,
        nurse: Nurse,
    ) -> None:  # fmt: skip
        self._conversations = conversations
        self._accounts = accounts
        self._presence = presence
        self._waits = waits
        self._rules = rules
        self._nurse = nurse

    async def claim(self, conversation: str) -> None:
        """Take it from the queue."""
        await self._presence.renew(self._nurse.name)  # a claim lasts as long as its nurse is there
        entries, now = await self._conversations.entries(conversation), self._rules.clock()
        waiting: list[State] = []

        def step(state: State) -> Change:
            after = ownership.claim(state, nurse=self._nurse.name, nurse_name=self._nurse.display_name, now=now)
            waiting[:] = [state] if state.owner == "queue" else []
            return replace(self._told(state, after, "claimed"), note=sbar(after, entries, self._setting()).text)

        await self._conversations.change(conversation, step)
        for state in waiting:
            await self._waits.record(state)
        await self._audit("claim", conversation)

    async def say(self, conversation: str, client_id: str, text: str) -> str:
        """Write to the patient; the entry's id. The same `client_id` again changes nothing."""
        if not text.strip():
            raise ValueError("The message is empty.")
        if len(text) > _LONGEST:
            raise ValueError(f"The message is longer than {_LONGEST} characters.")

        def step(state: State) -> Change:
            ownership.require_nurse(state, self._nurse.name)
            said = Entry(
                sender="nurse", text=text, lang=state.lang, client_id=client_id, author=self._nurse.display_name
            )
            after = ownership.answered(state)
            return Change(
                state=None if after is state else after,
                entries=(said.stamped(state.epoch),),
                client_id=f"nurse:{client_id}",
            )

        return (await self._conversations.change(conversation, step)).entry_ids[0]

    async def finish(self, conversation: str, action: str) -> None:
        """`hand_back` to the bot, or `close`."""
        last = await self._conversations.last(conversation)
        leave = ownership.hand_back if action == "hand_back" else ownership.close

        def step(state: State) -> Change:
            after = leave(state, nurse=self._nurse.name, last_entry=last)
            return self._told(state, after, "handed_back" if action == "hand_back" else "closed")

        await self._conversations.change(conversation, step)
        await self._audit(action, conversation)

    async def transfer(self, conversation: str, *, nurse: str | None = None, team: str | None = None) -> None:
        """Pass it on: to a nurse who is at the desk, or to a team; what is urgent only to a team on duty."""
        to = await self._receiver(nurse, team)

        def step(state: State) -> Change:
            ownership.require_nurse(state, self._nurse.name)
            self._refuse_closed(state, team)
            after = ownership.transfer(state, nurse=self._nurse.name, to=to, now=self._rules.clock())
            name = to.nurse_name or self._rules.hours.team(team).name[after.lang]
            return replace(self._told(state, after, "transferred", to=name), alert=after.acuity, why="transfer")

        await self._conversations.change(conversation, step)
        await self._audit("transfer", conversation)

    async def snooze(self, conversation: str, minutes: int) -> None:
        """No alert for some minutes, at most as many as its acuity may wait; never for an emergency."""
        now = self._rules.clock()

        def step(state: State) -> Change:
            longest = longest_snooze(state, self._rules)
            after = ownership.snooze(state, until=now + minutes * 60_000)
            if not 1 <= minutes <= longest:
                raise NotAllowedError(f"this may be snoozed for 1 to {longest} minutes")
            return Change(state=after)

        await self._conversations.change(conversation, step)
        await self._audit("snooze", conversation)

    async def correct(self, conversation: str, entry_id: str, outcome: str, text: str, topic: object) -> None:
        """Say what an answer should have been; the last correction of an answer stands. The patient is not told."""
        if len(text) > _LONGEST:
            raise ValueError(f"The correction is longer than {_LONGEST} characters.")
        entry = await self._conversations.entry(conversation, entry_id)
        mark = marks.correction(
            entry, outcome=outcome, text=text.strip(), topic=_topic(topic), nurse=self._nurse.name,
            by=self._nurse.display_name,
        )  # fmt: skip
        await self._conversations.change(conversation, lambda _now: Change(mark=mark))
        await self._audit("correct", conversation)

    def _setting(self) -> Setting:
        return Setting(region=self._rules.region, zone=self._rules.hours.team(None).zone)

    async def _receiver(self, nurse: str | None, team: str | None) -> Receiver:
        if nurse is None:
            if team not in self._rules.hours.teams:
                raise ValueError("There is no such team.")
            return Receiver(team=team)
        account = await self._accounts.get(nurse)
        if account is None or account.disabled or nurse not in await self._presence.nurses():
            raise NotAllowedError("this nurse is not at the desk")
        return Receiver(nurse=nurse, nurse_name=account.display_name)

    def _refuse_closed(self, state: State, team: str | None) -> None:
        if team and state.acuity in _ALARMING and not self._rules.hours.team(team).is_open(self._rules.clock()):
            raise NotAllowedError("this team is not on duty, and the case cannot wait")

    def _told(self, before: State, after: State, code: str, **facts: str) -> Change:
        if after is before:
            return Change()
        told = notice(code, after.lang, self._rules.region, nurse=self._nurse.display_name, **facts)
        return Change(state=after, entries=(told.stamped(after.epoch),))

    async def _audit(self, action: str, conversation: str) -> None:
        await audit.record(self._conversations.redis, self._nurse.name, action, conversation)


def _topic(given: object) -> str | None:
    """The topic that a frame names, if any. ValueError for what is none."""
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > _LONGEST_TOPIC:
        raise ValueError(f"The topic must be a text of at most {_LONGEST_TOPIC} characters.")
    return given.strip() or None
