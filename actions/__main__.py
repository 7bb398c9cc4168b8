"""The action server: `python -m actions`. Listens at ACTIONS_PORT (5055), on loopback unless SANIC_HOST says else."""

from __future__ import annotations

import logging
import os
import traceback
import warnings
from types import TracebackType

from rasa_sdk.endpoint import create_app  # type: ignore[import-untyped]
from rasa_sdk.executor import ActionExecutor  # type: ignore[import-untyped]

DEFAULT_PORT = 5055


class QuietFormatter(logging.Formatter):
    """Shows of an exception its type and place, never its message: that may quote a patient."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        frames = traceback.extract_tb(ei[2])
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        return "\n".join([ei[0].__name__ if ei[0] else "exception", *places])


def main() -> None:
    """Loads every action of this package and serves them, in this one process, until stopped."""
    _set_up_logs()
    executor = ActionExecutor()
    executor.register_package("actions")
    # No page of another site may call it, and no second process is started: sanic's default doubles the memory.
    app = create_app(executor, cors_origins=[])
    port = int(os.environ.get("ACTIONS_PORT") or DEFAULT_PORT)
    app.run(
        host=os.environ.get("SANIC_HOST") or "127.0.0.1",
        port=port,
        single_process=True,
        access_log=False,
        motd=False,
    )


def _set_up_logs() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # rasa-sdk 3.21 serves Rasa 3.6 correctly (tests/conversations), but says otherwise at every call.
    warnings.filterwarnings("ignore", message=r"Your versions of rasa")


if __name__ == "__main__":
    main()
