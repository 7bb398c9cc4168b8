"""How like an editor's reference the answers are: ROUGE-L (Lin, 2004), chrF (Popović, 2015), BLEU (Papineni, 2002).

rouge-score and sacrebleu, tools of `make tools`. Chinese is compared by characters. Likeness says nothing of safety:
a quoted answer that names every fact in other words scores low.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.answers import Got

_TOKEN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")


@dataclass(frozen=True)
class Likeness:
    """Scores from 0 to 100 over `answers` answers that have a reference."""

    answers: int
    rouge_l: float
    chrf: float
    bleu: float

    def line(self) -> str:
        """One row of the table."""
        scores = f"ROUGE-L {self.rouge_l:.1f}, chrF {self.chrf:.1f}, BLEU {self.bleu:.1f}"
        return f"  {'likeness to the reference':<46} {scores} ({self.answers} answers)"


def likeness(got: Sequence[Got], lang: str) -> Likeness | None:
    """Likeness of the answers shown in one language; None where none has a reference. ImportError without the tools."""
    from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]
    from sacrebleu import corpus_bleu, corpus_chrf

    pairs = [
        (" ".join(sentence.text for sentence in one.answer.sentences), one.labelled.reference)
        for one in got
        if one.answer.outcome == "answered" and one.labelled.reference and one.labelled.question.lang == lang
    ]
    if not pairs:
        return None
    said, wanted = ([pair[at] for pair in pairs] for at in (0, 1))
    scorer = RougeScorer(["rougeL"], tokenizer=_Tokenizer())
    rouge = sum(scorer.score(right, own)["rougeL"].fmeasure for own, right in pairs) / len(pairs)
    bleu = corpus_bleu(said, [wanted], tokenize="zh" if lang == "zh" else "13a", lowercase=True)
    return Likeness(len(pairs), 100 * rouge, corpus_chrf(said, [wanted]).score, bleu.score)


class _Tokenizer:
    """Words and Han characters, no stemming."""

    def tokenize(self, text: str) -> list[str]:
        return _TOKEN.findall(text.casefold())
