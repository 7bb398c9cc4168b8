"""The action server: `python -m actions`. Listens on loopback at ACTIONS_PORT (5055) unless SANIC_HOST says otherwise."""

from __future__ import annotations

import logging
import os

from rasa_sdk.endpoint import run
from rasa_sdk.executor import ActionExecutor

DEFAULT_PORT = 5055


def main() -> None:
    """Loads every action of this package and serves them until stopped."""
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    executor = ActionExecutor()
    executor.register_package("actions")
    run(executor, port=int(os.environ.get("ACTIONS_PORT") or DEFAULT_PORT))


if __name__ == "__main__":
    main()
