"""Starts Rasa the way Careline runs it: `python -m bot.nlu.launcher <what one would tell rasa>`.

Without TensorFlow, without telemetry, with nothing of a patient in its logs, and with no slash read as a command.
`run` takes its port from RASA_PORT, its token from RASA_TOKEN, listens on loopback unless RASA_HOST says otherwise
and loads the model that bot.nlu.train made.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from bot.nlu import placeholders

DEFAULTS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "ACTIONS_URL": "http://127.0.0.1:5055/webhook",
    "REDIS_URL": "",  # empty: dialogues are kept in memory
    "RASA_TOKEN": "",
    "RASA_FAST_ACTIONS": "1",  # 0: actions are called as stock Rasa calls them (fast_actions.py)
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def models() -> Path:
    """The folder that holds the trained model."""
    return Path(os.environ.get("CARELINE_STATE") or ".careline") / "rasa"


def with_defaults(arguments: list[str]) -> list[str]:
    """The arguments for Rasa, with ours where none were given. Raises SystemExit where `run` has no token."""
    if arguments[:1] == ["run"] and arguments[1:2] != ["actions"]:
        if not os.environ.get("RASA_TOKEN"):
            raise SystemExit("RASA_TOKEN is not set: Rasa does not start without a token.")
        ours = {
            "--interface": os.environ.get("RASA_HOST") or "127.0.0.1",
            "--port": os.environ.get("RASA_PORT") or "5005",
        }
    elif arguments[:1] == ["shell"]:
        ours = {}
    else:
        return arguments
    ours |= {"--model": str(models() / "careline.tar.gz"), "--endpoints": "endpoints.yml"}
    if arguments[0] == "run":
        ours["--credentials"] = "credentials.yml"
    added = [word for name, value in ours.items() if name not in arguments for word in (name, value)]
    return [*arguments, *added]


def main(arguments: list[str]) -> None:
    """Runs Rasa's command line in this process."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(models() / "cache"))
    sys.argv = ["rasa", *with_defaults(arguments)]
    import sanic  # type: ignore[import-not-found,unused-ignore]  # noqa: F401 - turns deprecation warnings on

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    placeholders.install()
    from bot.nlu import buttons, redaction

    buttons.install()
    redaction.install()
    if os.environ["RASA_FAST_ACTIONS"] != "0":
        from bot.nlu import fast_actions

        fast_actions.install()
    import rasa.__main__  # type: ignore[import-not-found]

    rasa.__main__.main()


if __name__ == "__main__":
    main(sys.argv[1:])
