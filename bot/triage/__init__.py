"""The screen: text in, verdict out. Pure; knows nothing of the rest of the project."""

from __future__ import annotations

from .engine import LONGEST, Step, interview_step, region_contacts, region_words, screen
from .errors import DataError
from .knowledge import load_problems, simplified
from .naming import finding_kind, finding_label, question_text, rule_advice, rule_title
from .readers import BY_WORDS, CLASSIFIER, Reading, raised
from .text import detect_language
from .verdict import Acuity, Contact, Finding, Hit, Lang, Question, Said, Status, Verdict

__all__ = [
    "BY_WORDS",
    "CLASSIFIER",
    "LONGEST",
    "Acuity",
    "Contact",
    "DataError",
    "Finding",
    "Hit",
    "Lang",
    "Question",
    "Reading",
    "Said",
    "Status",
    "Step",
    "Verdict",
    "detect_language",
    "finding_kind",
    "finding_label",
    "interview_step",
    "load_problems",
    "question_text",
    "raised",
    "region_contacts",
    "region_words",
    "rule_advice",
    "rule_title",
    "screen",
    "simplified",
]
