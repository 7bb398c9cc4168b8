"""The component of Rasa's pipeline that puts the screen's verdict above what the classifier thinks.

The chat server screens each message before Rasa hears of it and sends the verdict along. A message that comes without
one (`rasa shell`, any other channel) is screened here, so there is no way past the screen.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Dict, List  # noqa: UP035 - Rasa compares these very annotations

from rasa.engine.graph import ExecutionContext, GraphComponent  # type: ignore[import-not-found]
from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # type: ignore[import-not-found]
from rasa.engine.storage.resource import Resource  # type: ignore[import-not-found]
from rasa.engine.storage.storage import ModelStorage  # type: ignore[import-not-found]
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT  # type: ignore[import-not-found]
from rasa.shared.nlu.training_data.message import Message  # type: ignore[import-not-found]

from bot.nlu import intents
from bot.nlu.language import Lang, wanted
from bot.nlu.payload import PRESSED
from bot.triage import Acuity, Said, Step, Verdict, interview_step, screen

log = logging.getLogger(__name__)

INTENT_OF = {Acuity.EMERGENCY: intents.EMERGENCY, Acuity.URGENT: intents.URGENT}


def verdict_on(text: str, metadata: Mapping[str, Any]) -> Verdict | None:
    """The verdict that came along, or a fresh one; None when neither can be had, so that a human looks."""
    try:
        if metadata.get("verdict") is not None:
            return Verdict.from_dict(metadata["verdict"])
        if metadata.get(PRESSED):
            return Verdict(Acuity.SELF_CARE)  # our own button, no words of the patient's
        return screen(text, lang=metadata.get("lang"), history=_history(metadata), region=metadata.get("region"))
    except Exception:
        log.exception("The screen failed on a message: it goes to a human.")
        return None


def _history(metadata: Mapping[str, Any]) -> tuple[Said, ...]:
    return tuple(Said(line["from"], line["text"]) for line in metadata.get("history") or ())


def intent_after(verdict: Verdict | None, guess: str | None, step: Step) -> str | None:
    """The intent that verdict and interview ask for, or None to leave the classifier's guess."""
    if verdict is None:
        return intents.UNSCREENED
    if verdict.acuity in INTENT_OF:
        return INTENT_OF[verdict.acuity]
    named_symptom = any(finding.status == "present" for finding in verdict.findings)
    symptom = guess == intents.SYMPTOM or (named_symptom and (guess is None or guess in intents.SMALL_TALK))
    if step.replies:
        symptom = step.understood or guess not in intents.ELSEWHERE
    if not symptom:
        return None
    return intents.OPEN_SYMPTOM if verdict.ask else intents.SYMPTOM


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Screen(GraphComponent):  # type: ignore[misc]
    """Sets the intent of what is urgent and what is asked about, and our entities: `language`, `acuity`, `advice`,
    and those of the interview's form: `question`, `interview`, `complaint`."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Screen:
        """Called by Rasa; there is nothing to configure."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:  # noqa: UP006
        """Called by Rasa with the messages of a turn, of which there is one."""
        for message in messages:
            _put_above(message)
        return messages


def _put_above(message: Any) -> None:
    text, metadata = message.get(TEXT) or "", message.get("metadata") or {}
    verdict = verdict_on(text, metadata)
    guess = (message.get(INTENT) or {}).get("name")
    step = _step(text, metadata, verdict)
    intent = intent_after(verdict, guess, step)
    if intent is not None:
        message.set(INTENT, {"name": intent, "confidence": 1.0}, add_to_output=True)
    values = {
        "language": _language(text, metadata, verdict, intent or guess),
        "acuity": verdict.acuity.value if verdict else Acuity.URGENT.value,
        "advice": verdict.advice if verdict else None,
    }
    ours = [_entity(name, value) for name, value in values.items() if value is not None]
    ours += [_entity(name, value) for name, value in _interview(verdict, step, intent).items()]
    message.set(ENTITIES, [*message.get(ENTITIES, []), *ours], add_to_output=True)


def _step(text: str, metadata: Mapping[str, Any], verdict: Verdict | None) -> Step:
    if verdict is None or metadata.get(PRESSED):
        return Step()
    return interview_step(text, _history(metadata))


def _interview(verdict: Verdict | None, step: Step, intent: str | None) -> dict[str, str | None]:
    """The form's entities: its question while one is open (no value clears a slot), else how the interview ended."""
    if intent == intents.OPEN_SYMPTOM and verdict and verdict.ask:
        return {"question": verdict.ask.text, "interview": None}
    if not step.replies:
        return {}
    return {"interview": "over" if intent == intents.SYMPTOM else "left", "complaint": step.complaint}


def _language(text: str, metadata: Mapping[str, Any], verdict: Verdict | None, intent: str | None) -> Lang:
    known = metadata.get("lang") or (verdict.lang if verdict else "en")
    current: Lang = "zh" if known == "zh" else "en"
    return wanted(text, current) if intent == "switch_language" else current


def _entity(name: str, value: str | None) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "Screen"}
