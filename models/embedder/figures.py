"""How well vectors find the section that answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from models.embedder.questions import Labelled, Section

_AT = 5


def figures(
    questions: Sequence[Labelled],
    sections: Sequence[Section],
    asked: torch.Tensor,
    told: torch.Tensor,
    langs: Sequence[str] = ("en", "zh"),
) -> dict[str, Any]:
    """Per language: shares of covered questions whose own section (topic) comes first, or is among five; and AUC.

    `asked` and `told` are unit vectors, [questions, size] and [sections, size]. `auc`: how often the best section of a
    covered question stands nearer than the best of one that no section answers (0.5: no better than chance).
    """
    return {lang: _figures(questions, sections, asked @ told.T, lang) for lang in langs}


def _figures(questions: Sequence[Labelled], sections: Sequence[Section], scores: torch.Tensor, lang: str) -> Any:
    columns = [at for at, section in enumerate(sections) if section.lang == lang]
    first = topics = among = covered = 0
    best: dict[bool, list[float]] = {True: [], False: []}
    for row, one in enumerate(questions):
        if one.lang != lang:
            continue
        own = scores[row, columns]
        order = [columns[at] for at in own.topk(min(_AT, len(columns))).indices.tolist()]
        best[bool(one.sections)].append(float(own.max()))
        if one.sections:
            covered += 1
            first += order[0] in one.sections
            topics += sections[order[0]].topic == one.topic
            among += any(at in one.sections for at in order)
    above = sum((yes > no) + 0.5 * (yes == no) for yes in best[True] for no in best[False])
    return {
        "covered": covered,
        "not covered": len(best[False]),
        "section first": round(first / covered, 3),
        "topic first": round(topics / covered, 3),
        "section among 5": round(among / covered, 3),
        "auc": round(above / max(1, covered * len(best[False])), 3),
    }
