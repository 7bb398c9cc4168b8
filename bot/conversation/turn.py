"""One turn: a stored message becomes a reply, or a reason why there is none."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace

from redis.exceptions import RedisError

from bot.conversation.entry import Entry
from bot.conversation.notices import notice
from bot.conversation.rasa import Rasa, RasaError, RasaReply
from bot.conversation.replies import carry_out_turn, give_up, read_replies, wants_fresh_session
from bot.conversation.screening import Screened, is_for_the_bot, said_before, screen_message
from bot.conversation.second_reading import SecondReading
from bot.conversation.state import State
from bot.conversation.store import Change, Conversations, MissingConversationError

log = logging.getLogger(__name__)

_RETRY_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class TurnRules:
    """region: whose numbers are shown; patience: seconds to try again while Rasa is away; session_turns: turns
    after which Rasa starts a new session."""

    region: str | None
    patience: float
    session_turns: int


async def take_turn(
    conversations: Conversations, rasa: Rasa, second: SecondReading, conversation: str, turn: str, rules: TurnRules
) -> None:
    """Take a turn and finish it exactly once. Whatever fails, a human looks; only a store that is away raises."""
    try:
        await _take(conversations, rasa, second, conversation, turn, rules)
    except (RedisError, OSError, MissingConversationError):
        raise
    except Exception as error:
        log.error("conversation %s turn %s failed: %s", conversation, turn, type(error).__name__)
        await conversations.change(conversation, lambda now: give_up(now, turn, now.epoch, rules.region))


async def _take(
    conversations: Conversations, rasa: Rasa, second: SecondReading, conversation: str, turn: str, rules: TurnRules
) -> None:
    screened = await screen_message(conversations, conversation, turn, rules.region)
    verdict = await second.read(conversation, turn, screened.verdict)
    if verdict is not screened.verdict:  # raised, and carried out
        screened = Screened(verdict, await conversations.state(conversation), screened.entries)
    if not is_for_the_bot(screened):
        await conversations.change(conversation, lambda _now: Change(done=turn), known=screened.state)
        return
    state = await _fresh_session(conversations, screened.state, rules.session_turns)
    await conversations.signal(conversation, type="working", turn=turn, epoch=state.epoch)
    replies = await _ask(conversations, rasa, replace(screened, state=state), rules)
    if replies and wants_fresh_session(replies):
        state = await _fresh_session(conversations, state, 0)
        replies = await _ask(conversations, rasa, replace(screened, state=state), rules)
    outcome = read_replies(replies or (), state.lang, verdict.ask)

    def finish(now: State) -> Change:
        if outcome.empty:
            return give_up(now, turn, state.epoch, rules.region)
        return carry_out_turn(now, turn, state.epoch, outcome, rules.region)

    await conversations.change(conversation, finish, known=state)


async def _ask(
    conversations: Conversations, rasa: Rasa, screened: Screened, rules: TurnRules
) -> list[RasaReply] | None:
    """Rasa's replies; None when it could not be had within our patience, or the bot lost the conversation."""
    state, message = screened.state, screened.entries[-1]
    before = said_before(screened.entries, state, message.id)
    metadata = {
        "conversation": state.id, "turn": message.id, "epoch": state.epoch, "lang": state.lang,
        "region": rules.region, "verdict": screened.verdict.to_dict(),
        "history": [{"from": said.speaker, "text": said.text} for said in before],
    }  # fmt: skip
    deadline, told = time.monotonic() + rules.patience, False
    while True:
        try:
            return await rasa.send(state.id, state.session, message.text, metadata, message.button)
        except RasaError as error:
            log.warning("conversation %s turn %s: %s", state.id, message.id, error)
        if time.monotonic() + _RETRY_EVERY > deadline:
            return None
        if not told:
            told = True
            await _tell_restarting(conversations, state, message, rules.region)
        await asyncio.sleep(_RETRY_EVERY)
        now = await conversations.state(state.id)
        if now.epoch != state.epoch:
            return None


async def _tell_restarting(conversations: Conversations, state: State, message: Entry, region: str | None) -> None:
    def tell(now: State) -> Change:
        if now.epoch != state.epoch:
            return Change()
        told = notice("assistant_restarting", now.lang, region).stamped(now.epoch, message.id)
        # one notice a turn, also when another process takes the turn over
        return Change(entries=(told,), client_id=f"{message.id}:assistant_restarting")

    try:
        await conversations.change(state.id, tell)
    except RedisError:
        log.warning("conversation %s: could not tell that the assistant is away", state.id)


async def _fresh_session(conversations: Conversations, state: State, session_turns: int) -> State:
    """Rasa's cost per turn grows with its session, so sessions are short."""
    if state.session_turns < session_turns:
        return state
    committed = await conversations.change(
        state.id, lambda now: Change(state=replace(now, session=now.session + 1, session_turns=0)), known=state
    )
    return committed.state
