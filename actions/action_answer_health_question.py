"""`action_answer_health_question`: a patient's question goes through the answer pipeline."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping
from typing import Any

import redis.asyncio
from rasa_sdk import Action, Tracker  # type: ignore[import-untyped]
from rasa_sdk.executor import CollectingDispatcher  # type: ignore[import-untyped]

from bot.triage import Said as Line
from bot.triage import screen

from .answering.answer import Answer, Question, Said
from .answering.assemble import Assembled, assemble
from .answering.partials import Publisher, connect
from .answering.words import language_of
from .settings import Settings

log = logging.getLogger(__name__)

_INDEX_AGAIN = 5.0
"""Seconds between two tries for the passages' vectors while the server of embeddings is away."""


class ActionAnswerHealthQuestion(Action):  # type: ignore[misc]
    """Answers from the reviewed pages, or says that they do not tell. Built once per process, at its start."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._parts: Assembled = assemble(self._settings)
        self._redis: redis.asyncio.Redis | None = None
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def name(self) -> str:
        return "action_answer_health_question"

    def _warm(self) -> None:
        """Get what was imported, and the vectors, beside the first questions, which our own pages' words answer."""
        self._parts.take_imported()
        if self._settings.embeddings_url:
            asyncio.run(self._index())

    async def _index(self) -> None:
        try:
            while True:
                if await self._parts.retriever.index(self._settings.index):
                    await self._read_imported()
                    return
                await asyncio.sleep(_INDEX_AGAIN)
        finally:
            await self._parts.http.close()

    async def _read_imported(self) -> None:
        """Vectors of imported passages are only read: to compute many would keep patients' questions waiting."""
        retriever = self._parts.retriever
        if retriever.imported and not await retriever.read_imported(self._settings.index):
            log.warning("imported passages are searched by words alone: run `careline knowledge index`")

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer the patient's last message; after an interview what it was about, if the pages tell of that."""
        message = tracker.latest_message
        metadata: Mapping[str, Any] = message.get("metadata") or {}
        complaint = _complaint(message)
        question = _question(complaint or str(message.get("text") or ""), metadata)
        publisher = Publisher(
            self._connection(), str(metadata.get("conversation") or ""), metadata.get("turn"), metadata.get("epoch")
        )
        async for item in self._parts.pipeline.run(question):
            if isinstance(item, Answer):
                if complaint is None or item.outcome in ("answered", "escalated"):
                    self._say(dispatcher, item, question)
            else:
                await publisher.publish(item)
        return []

    async def close(self) -> None:
        """Close the connections of the running loop."""
        await self._parts.http.close()
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    def _connection(self) -> redis.asyncio.Redis | None:
        # made inside the loop that uses it
        self._redis = self._redis or connect(self._settings.redis_url)
        return self._redis

    def _say(self, dispatcher: CollectingDispatcher, answer: Answer, question: Question) -> None:
        log.info("%s (%s), %d dropped", answer.outcome, answer.made_by, len(answer.dropped))
        if answer.outcome == "escalated":
            handoff = {"kind": "handoff", "reason": "screen", "acuity": answer.acuity}
            dispatcher.utter_message(text=answer.text, json_message=handoff)
            return
        buttons = []
        if answer.outcome != "answered":
            title = self._parts.pipeline.policy.texts.say("talk_to_nurse", question.lang, question.region)
            buttons.append({"title": title, "payload": "/ask_human"})
        given = answer.to_dict()
        if answer.outcome == "answered" and answer.topic:
            given["topic"] = answer.topic  # for the editors: whose page patients found helpful
        dispatcher.utter_message(json_message={"kind": "answer", "answer": given}, buttons=buttons)


def _complaint(message: Mapping[str, Any]) -> str | None:
    """What the patient had said before the questions, when this message ends an interview."""
    found = {one.get("entity"): one.get("value") for one in message.get("entities") or []}
    return str(found["complaint"]) if found.get("interview") == "over" and found.get("complaint") else None


def _question(text: str, metadata: Mapping[str, Any]) -> Question:
    """The question with what the chat server knows of it; without that (rasa shell), it is screened here."""
    lang = metadata.get("lang") if metadata.get("lang") in ("en", "zh") else language_of(text)
    region = metadata.get("region") or None
    lines = [one for one in metadata.get("history") or [] if isinstance(one, dict)]
    history = tuple(Said(str(one.get("from") or ""), str(one.get("text") or "")) for one in lines)
    verdict = metadata.get("verdict")
    if not isinstance(verdict, dict) or "acuity" not in verdict:
        earlier = [Line("patient" if one.speaker == "patient" else "bot", one.text) for one in history]
        verdict = screen(text, lang=lang, history=earlier, region=region).to_dict()
    return Question(text, str(lang), region, history, str(verdict["acuity"]), verdict.get("advice"))
