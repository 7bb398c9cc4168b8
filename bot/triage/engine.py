"""The screen itself: from the words of a conversation to a verdict. It never raises and fails closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from . import reading
from .conditions import Facts
from .interview import Doubt, Exchange, complaint, doubts, exchanges, next_question
from .knowledge import Knowledge, known
from .protocols import Ask, Rule
from .text import detect_language
from .verdict import Acuity, Contact, Finding, Hit, Lang, Question, Said, Verdict

# Longer messages are read at both ends and a human looks: time stays bounded whatever is pasted.
LONGEST = 20_000
_COMPLAINTS = {"symptom", "event", "condition"}
_PURPOSES = {
    Acuity.EMERGENCY: frozenset({"emergency"}),
    Acuity.URGENT: frozenset({"urgent", "emergency"}),
}
_FAILED = Hit("screen_failed", {"en": "The screen could not read this message", "zh": "系统未能读懂这条消息"}, "")
_FAILED_ADVICE = {
    "en": "I could not read this message properly, so a nurse will look at it. If you feel very unwell or it cannot "
    "wait, call {} now.",
    "zh": "我没能读懂这条消息，会请护士来看。如果您感觉很不舒服或情况紧急，请立即拨打{}。",
}
# Where not even the data can be read, these still stand.
_LAST_RESORT = {"en": Contact("Call 999", "999"), "zh": Contact("拨打120", "120")}


def screen(text: str, *, lang: str | None = None, history: Sequence[Said] = (), region: str | None = None) -> Verdict:
    """How urgent is this message, given what the patient said before?

    `history` is the conversation so far, oldest first, without `text`. `lang` is detected where it is not given;
    `region` (ISO country code) chooses the numbers and follows the language where it is not. Never raises: whatever
    goes wrong gives an urgent verdict with the rule `screen_failed`, so that a human looks.
    """
    try:
        return _screen(text, _language(text, lang, history), history, region)
    except Exception as problem:  # the floor: no fault in here may read as "fine"
        chinese = lang == "zh" or (isinstance(text, str) and detect_language(text) == "zh")
        return _failed("zh" if chinese else "en", region, type(problem).__name__)


@dataclass(frozen=True)
class Step:
    """Where a message stands in the interview.

    replies: the bot's last words held a question of ours; understood: it answers or refuses it; complaint: what the
    patient had said when the questions began.
    """

    replies: bool = False
    understood: bool = False
    complaint: str | None = None


def interview_step(text: str, history: Sequence[Said]) -> Step:
    """Whether a message is a reply in an interview. Raises DataError like everything that reads the data."""
    said = [*history, Said("patient", text)]
    held = _interviewed(said, known())
    mine = [exchange for exchange in held if exchange.line == len(said) - 1]
    return Step(bool(mine), any(one.option or one.refused for one in mine), complaint(said, held))


def region_contacts(region: str | None, lang: str | None) -> tuple[Contact, ...]:
    """The numbers of a region, emergency first; of the language's region where none is given."""
    spoken: Lang = "zh" if lang == "zh" else "en"
    try:
        return known().regions.choose(region, spoken).contacts(spoken)
    except Exception:  # a number must always be there
        return (_LAST_RESORT[spoken],)


def region_words(region: str | None, lang: str | None) -> dict[str, str]:
    """How a region's services are named in a sentence, by purpose: emergency, urgent, crisis, poison."""
    spoken: Lang = "zh" if lang == "zh" else "en"
    words = known().regions.choose(region, spoken).words
    return {purpose: text[spoken] for purpose, text in words.items()}


def _language(text: str, lang: str | None, history: Sequence[Said]) -> Lang:
    if lang in {"en", "zh"}:
        return "zh" if lang == "zh" else "en"
    if not any(char.isalpha() for char in text):
        text = " ".join(said.text for said in history if said.speaker == "patient") or text
    return detect_language(text)


def _screen(text: str, lang: Lang, history: Sequence[Said], region: str | None) -> Verdict:
    knowledge = known()
    said = [*history, Said("patient", text)]
    held = _interviewed(said, knowledge)
    findings = _together(said, held, knowledge)
    facts = Facts.of({one.id: one.status for one in findings})
    rules = list(knowledge.protocols.firing(facts))
    covered = frozenset().union(*(rule.covers for rule in rules))
    loose = _loose(findings, covered, knowledge)
    by_rules = Acuity.most_urgent([rule.acuity for rule in rules] + [Acuity.ROUTINE] * bool(loose))
    open_dangers = doubts(facts, held, knowledge.protocols)
    acuity = Acuity.most_urgent([by_rules, *(doubt.acuity for doubt in open_dangers)])
    # beside something more urgent, a self-care rule tells a nurse nothing
    hits = [rule.hit for rule in rules if rule.acuity is not Acuity.SELF_CARE or acuity is Acuity.SELF_CARE]
    hits += [_doubted(doubt, knowledge) for doubt in open_dangers if doubt.acuity in _PURPOSES]
    if len(text) > LONGEST:
        acuity, hits = Acuity.most_urgent([acuity, Acuity.URGENT]), [*hits, _FAILED]
    ask = next_question(facts, acuity, held, knowledge.protocols, knowledge.manner)
    place = knowledge.regions.choose(region, lang)
    advice = next((rule.advice[lang] for rule in rules if rule.acuity is acuity), None)
    if acuity is not by_rules:
        advice = next((_doubt_advice(one, knowledge)[lang] for one in open_dangers if one.acuity is acuity), advice)
    elif advice is None and held and ask is None and acuity in knowledge.manner.dispositions:
        advice = knowledge.manner.dispositions[acuity][lang]
    return Verdict(
        acuity=acuity,
        findings=tuple(one for one in findings if one.id in covered or _is_told(one.id, knowledge)),
        rules=tuple(hits),
        ask=_worded(ask, lang) if ask else None,
        advice=place.fill(advice, lang) if advice else None,
        contacts=place.contacts(lang, _purposes(acuity, rules)) if acuity in _PURPOSES else (),
        lang=lang,
        reason=_reason(rules, loose, findings),
    )


def _interviewed(said: Sequence[Said], knowledge: Knowledge) -> list[Exchange]:
    """The questions that were put in a conversation, with what the replies mean."""
    return exchanges(said, knowledge.protocols, knowledge.manner, _present)


def _present(text: str) -> list[str]:
    return [one.id for one in _read(_ends(text)) if one.status == "present"]


def _together(said: Sequence[Said], held: Sequence[Exchange], knowledge: Knowledge) -> tuple[Finding, ...]:
    """The findings of all of the patient's turns. A later denial replaces, silence does not."""
    found: dict[str, Finding] = {}
    for number, line in enumerate(said):
        if line.speaker != "patient":
            continue
        replies = [_answer(one, line.text) for one in held if one.line == number]
        for one in [*_read(_ends(line.text)), *chain.from_iterable(replies)]:
            if _replaces(one, found.get(one.id), knowledge):
                found[one.id] = one
    return tuple(found.values())


def _answer(exchange: Exchange, reply: str) -> list[Finding]:
    says = exchange.option.says if exchange.option else {}
    return [Finding(name, status, reply, 0, len(reply), "answer") for name, status in says.items()]


def _doubted(doubt: Doubt, knowledge: Knowledge) -> Hit:
    manner = knowledge.manner
    if doubt.unsure:
        return Hit("interview_unsure", manner.unsure_title, doubt.rule.source)
    return Hit("interview_unanswered", manner.unanswered_title, doubt.rule.source)


def _doubt_advice(doubt: Doubt, knowledge: Knowledge) -> Mapping[str, str]:
    return doubt.rule.advice if doubt.acuity is doubt.rule.acuity else knowledge.manner.unsure_advice


def _replaces(new: Finding, old: Finding | None, knowledge: Knowledge) -> bool:
    """Whether a later mention counts more: present always, an express denial unless the finding lasts."""
    if old is None or old.status != "present" or new.status == "present":
        return new.status != "unknown" or old is None
    denied = new.status == "absent" and new.context in {"negated", "answer", "resolved"}
    return denied and not knowledge.lexicon.entries[new.id].lasting


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Finding, ...]:
    return reading.read(text, known())


def _ends(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return text[:half] + "\n" + text[-half:]


def _loose(findings: Sequence[Finding], covered: frozenset[str], knowledge: Knowledge) -> list[str]:
    """Complaints that no rule accounts for, without vaguer readings of the same words (sore, in sore throat)."""
    present = [one for one in findings if one.status == "present" and _is_complaint(one.id, knowledge)]
    known_spans = [(one.start, one.end) for one in present if one.id in covered]
    return [
        one.id
        for one in present
        if one.id not in covered and not any(start < one.end and one.start < end for start, end in known_spans)
    ]


def _is_complaint(finding: str, knowledge: Knowledge) -> bool:
    return knowledge.lexicon.entries[finding].kind in _COMPLAINTS


def _is_told(finding: str, knowledge: Knowledge) -> bool:
    """Qualities (sudden, spreading) say something only beside the rule that asks for them."""
    return knowledge.lexicon.entries[finding].kind != "quality"


def _purposes(acuity: Acuity, rules: Sequence[Rule]) -> frozenset[str]:
    """Which services to show: those of the acuity and those that the advice names."""
    said = "".join(rule.advice["en"] for rule in rules)
    return _PURPOSES[acuity] | {place for place in ("crisis", "poison") if "{" + place + "}" in said}


def _worded(ask: Ask, lang: Lang) -> Question:
    return Question(ask.id, ask.text[lang], tuple(option.label[lang] for option in ask.options))


def _reason(rules: Sequence[Rule], loose: Sequence[str], findings: Sequence[Finding]) -> str:
    if rules:
        said = {one.id for one in findings if one.status == "present"}
        return "; ".join(f"{rule.id} ({', '.join(sorted(rule.covers & said))})" for rule in rules)
    if loose:
        return "no rule for " + ", ".join(loose)
    return "nothing recognised" if not findings else "nothing that is present now"


def _failed(lang: Lang, region: str | None, problem: str) -> Verdict:
    contacts = region_contacts(region, lang)
    return Verdict(
        acuity=Acuity.URGENT,
        rules=(_FAILED,),
        advice=_FAILED_ADVICE[lang].format(contacts[0].number),
        contacts=contacts[:1],
        lang=lang,
        reason=f"screen_failed ({problem})",
    )
