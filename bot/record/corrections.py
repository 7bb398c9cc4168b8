"""Nurses' corrections of answers as labelled examples, for `careline evaluate answers --set`."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Engine, select

from bot.record import tables
from bot.record.database import Row
from bot.record.identifiers import without_identifiers


def labelled_examples(engine: Engine) -> list[dict[str, Any]]:
    """Every correction whose question the record still has, oldest first, without what tells who the patient is.

    Its id is the same each time and names no conversation.
    """
    corrected, answer, question = tables.corrections, tables.messages.alias("answer"), tables.messages.alias("question")
    same = corrected.c.conversation == answer.c.conversation
    query = (
        select(corrected, question.c.text.label("question"), question.c.lang)
        .join(answer, same & (corrected.c.entry == answer.c.entry))
        .join(question, (answer.c.conversation == question.c.conversation) & (answer.c.turn == question.c.entry))
        .where(question.c.sender == "patient")
        .order_by(corrected.c.at, corrected.c.entry)
    )
    with engine.connect() as connection:
        return [_example(dict(row)) for row in connection.execute(query).mappings()]


def _example(row: Row) -> dict[str, Any]:
    name = hashlib.sha256(f"{row['conversation']} {row['entry']}".encode()).hexdigest()
    example = {
        "id": f"correction-{name[:16]}",
        "text": without_identifiers(row["question"]),
        "lang": row["lang"],
        "expect": row["outcome"],
        "reference": without_identifiers(row["text"]),
    }
    return {**example, "topic": row["topic"]} if row["topic"] else example
