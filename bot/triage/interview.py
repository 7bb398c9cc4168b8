"""The interview: which question decides most, and what follows where a patient does not answer it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from .answers import chosen, is_unsure
from .conditions import Facts
from .manner import Manner
from .protocols import Ask, Option, Protocols, Rule
from .verdict import Acuity, Said

_TRIES = 2
"""How often a question is put before having no reply counts as not answered."""

Reads = Callable[[str], Collection[str]]
"""The findings that words say are present by themselves."""


@dataclass(frozen=True)
class Exchange:
    """A question that was put, and the reply (`line`: its place among what was said): the option that it means, or
    None, and whether it was a refusal."""

    line: int
    ask: Ask
    option: Option | None
    refused: bool


@dataclass(frozen=True)
class Doubt:
    """A danger that the patient could have ruled out and did not: the most urgent rule; `unsure`: they do not know."""

    rule: Rule
    unsure: bool

    @property
    def acuity(self) -> Acuity:
        """That of the rule; who was only unsure is looked at today and not sent an ambulance."""
        return Acuity.URGENT if self.unsure and self.rule.acuity is Acuity.EMERGENCY else self.rule.acuity


def exchanges(said: Sequence[Said], protocols: Protocols, manner: Manner, reads: Reads) -> list[Exchange]:
    """The questions of the protocols that the bot put, each with what the patient said next."""
    found: list[Exchange] = []
    bot_words = ""
    for number, line in enumerate(said):
        if line.speaker != "patient":
            bot_words += f"\n{line.text}"
            continue
        refused = any(word in line.text.casefold() for word in manner.refusals)
        for ask in _in(bot_words, protocols):
            found.append(Exchange(number, ask, _meant(ask, line.text, reads), refused))
        bot_words = ""
    return found


def complaint(said: Sequence[Said], held: Sequence[Exchange]) -> str | None:
    """The patient's words that led to the questions whose latest reply is the last line; None where it is no reply."""
    replies = {exchange.line for exchange in held}
    if len(said) - 1 not in replies:
        return None
    for number in range(len(said) - 1, -1, -1):
        if said[number].speaker == "patient" and number not in replies:
            return said[number].text
    return None


def next_question(
    facts: Facts, acuity: Acuity, held: Sequence[Exchange], protocols: Protocols, manner: Manner
) -> Ask | None:
    """The question whose answer could raise the acuity most; None where no answer could, or enough were put."""
    if acuity is Acuity.EMERGENCY or len(held) >= manner.most:
        return None
    open_ones = [ask for ask in protocols.asking(facts) if not _is_done(ask, held)]
    reached = [(rule.acuity.rank, ask) for ask in open_ones if (rule := _worst(ask, facts, acuity, protocols))]
    return min(reached, key=lambda one: one[0])[1] if reached else None


def doubts(facts: Facts, held: Sequence[Exchange], protocols: Protocols) -> list[Doubt]:
    """What was not ruled out by who was not sure, refused, or gave no reply that could be read."""
    found: list[Doubt] = []
    put = {exchange.ask.id for exchange in held}
    for ask in protocols.asking(facts) if put else ():
        if ask.id not in put or not _is_done(ask, held):
            continue
        if rule := _worst(ask, facts, Acuity.SELF_CARE, protocols):
            mine = [exchange for exchange in held if exchange.ask.id == ask.id]
            found.append(Doubt(rule, unsure=mine[-1].option is not None))
    return found


def _in(bot_words: str, protocols: Protocols) -> Iterator[Ask]:
    if not bot_words:
        return
    for ask in protocols.questions:
        if any(text in bot_words for text in ask.text.values()):
            yield ask


def _meant(ask: Ask, reply: str, reads: Reads) -> Option | None:
    """The option that a reply means. "No, but my arm is numb" is no plain no: what else it says counts by itself."""
    option = chosen(ask, reply)
    denies = option is not None and "present" not in option.says.values() and not is_unsure(option)
    return None if denies and reads(reply) else option


def _is_done(ask: Ask, held: Sequence[Exchange]) -> bool:
    mine = [exchange for exchange in held if exchange.ask.id == ask.id]
    return len(mine) >= _TRIES or any(exchange.option or exchange.refused for exchange in mine)


def _worst(ask: Ask, facts: Facts, than: Acuity, protocols: Protocols) -> Rule | None:
    """The most urgent rule above `than` that one of the answers would make fire."""
    rules = [next(protocols.firing(_with(facts, option), option.says), None) for option in ask.options]
    urgent = [rule for rule in rules if rule and rule.acuity.rank < than.rank]
    return min(urgent, key=lambda rule: rule.acuity.rank, default=None)


def _with(facts: Facts, option: Option) -> Facts:
    present = {name for name, status in option.says.items() if status == "present"}
    absent = {name for name, status in option.says.items() if status == "absent"}
    return Facts((facts.present | present) - absent, (facts.absent | absent) - present)
