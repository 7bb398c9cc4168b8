"""The kinds of source that can be imported, and what holds for each unless the operator says else."""

from __future__ import annotations

from dataclasses import dataclass

from .document import Reader
from .faq import read_faq
from .folder import read_folder
from .medlineplus import read_medlineplus
from .medquad import read_medquad
from .nhs import read_nhs


@dataclass(frozen=True)
class Kind:
    """How a source is read, whose it is, and what its licence wants shown. Without a source the operator names it."""

    read: Reader
    source: str = ""
    licence: str = ""
    region: str = ""
    empty_is_wrong: bool = True
    """Whether a document without any text is a fault. Some sets hold many whose text may not be passed on."""


KINDS = {
    "medquad": Kind(read_medquad, "MedQuAD, NIH", "CC BY 4.0", "US", empty_is_wrong=False),
    "nhs": Kind(
        read_nhs,
        "NHS website",
        "Contains public sector information licensed under the Open Government Licence v3.0",
        "GB",
        empty_is_wrong=False,
    ),
    "medlineplus": Kind(
        read_medlineplus, "MedlinePlus", "Courtesy of MedlinePlus, National Library of Medicine", "US", False
    ),
    "faq": Kind(read_faq),
    "folder": Kind(read_folder),
}
