"""The screen itself: from the words of a conversation to a verdict. It never raises and fails closed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from . import reading
from .answers import answered
from .conditions import Facts, holds
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
    findings = _together([*history, Said("patient", text)], knowledge)
    facts = Facts.of({one.id: one.status for one in findings})
    rules = [rule for rule in knowledge.protocols.rules if _fires(rule, facts)]
    covered = frozenset().union(*(rule.covers for rule in rules))
    loose = _loose(findings, covered, knowledge)
    acuity = Acuity.most_urgent([rule.acuity for rule in rules] + [Acuity.ROUTINE] * bool(loose))
    # beside something more urgent, a self-care rule tells a nurse nothing
    hits = [rule.hit for rule in rules if rule.acuity is not Acuity.SELF_CARE or acuity is Acuity.SELF_CARE]
    if len(text) > LONGEST:
        acuity, hits = Acuity.most_urgent([acuity, Acuity.URGENT]), [*hits, _FAILED]
    place = knowledge.regions.choose(region, lang)
    advice = next((rule.advice[lang] for rule in rules if rule.acuity is acuity), None)
    return Verdict(
        acuity=acuity,
        findings=tuple(one for one in findings if one.id in covered or _is_told(one.id, knowledge)),
        rules=tuple(hits),
        ask=None if acuity is Acuity.EMERGENCY else _question(facts, knowledge, lang),
        advice=place.fill(advice, lang) if advice else None,
        contacts=place.contacts(lang, _purposes(acuity, rules)) if acuity in _PURPOSES else (),
        lang=lang,
        reason=_reason(rules, loose, findings),
    )


def _together(said: Sequence[Said], knowledge: Knowledge) -> tuple[Finding, ...]:
    """The findings of all of the patient's turns. A later denial replaces, silence does not."""
    found: dict[str, Finding] = {}
    bot_words = ""
    for line in said:
        if line.speaker != "patient":
            bot_words = line.text
            continue
        for one in [*_read(_ends(line.text)), *answered(bot_words, line.text, knowledge)]:
            if _replaces(one, found.get(one.id), knowledge):
                found[one.id] = one
        bot_words = ""
    return tuple(found.values())


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


def _fires(rule: Rule, facts: Facts) -> bool:
    # most rules speak of nothing that was said: one set operation leaves them out
    if rule.covers.isdisjoint(facts.present) and rule.covers.isdisjoint(facts.absent):
        return False
    return holds(rule.when, facts) and not (rule.unless is not None and holds(rule.unless, facts))


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


def _question(facts: Facts, knowledge: Knowledge, lang: Lang) -> Question | None:
    for ask in knowledge.protocols.questions:
        if holds(ask.when, facts) and not any(one in facts.present or one in facts.absent for one in ask.about):
            return _worded(ask, lang)
    return None


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
