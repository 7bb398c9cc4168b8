"""Run by Rasa's Python: stock `rasa ...`, with nothing of ours but the stand-ins for TensorFlow that it starts with."""

from __future__ import annotations

import sys
import warnings

from bot.nlu import placeholders

if __name__ == "__main__":
    import sanic  # noqa: F401 - turns deprecation warnings on

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    placeholders.install()
    sys.argv[0] = "rasa"
    import rasa.__main__

    rasa.__main__.main()
