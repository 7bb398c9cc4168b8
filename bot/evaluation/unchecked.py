"""What the generator alone would say: the pipeline without its check and its completion. For measuring only."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answering.generate import Draft
from actions.answering.pipeline import Pipeline
from actions.answering.quote import Choice
from actions.answering.verify import Checked


class Unchecked(Pipeline):
    """Shows every sentence as it was written; the passage it cites counts as its source, else the first."""

    def _checked(self, draft: Draft, sentences: Sequence[Sequence[str]], lang: str, before: Sequence[str]) -> Checked:
        cited = [number - 1 for number in draft.cited if 0 < number <= len(sentences)]
        return Checked(draft.text.strip(), cited[0] if cited else 0)

    def _completed(self, basis: object, draft: object) -> list[Choice]:
        return []
