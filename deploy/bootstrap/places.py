"""Where things lie."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("CARELINE_STATE") or ROOT / ".careline")
LOG = STATE / "logs" / "setup.log"
APP = ROOT / ".venv"
RASA = ROOT / ".venv-rasa"
BENCH = ROOT / ".venv-bench"
WEB = ROOT / "bot" / "web"
