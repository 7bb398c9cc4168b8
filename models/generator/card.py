"""Writes the generator's model card."""
from __future__ import annotations
from pathlib import Path
from typing import Any


def write_card(path: Path, took: dict[str, Any], results: dict[str, Any]) -> None:
    path.write_text(str((took, results)))
