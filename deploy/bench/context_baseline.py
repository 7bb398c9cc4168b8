"""medspaCy's ConText pipeline on the messages of screen.py; runs in an environment of its own.

Reads {"targets": [...], "messages": [...]} from standard input; prints the seconds of each message as a JSON list.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    """Load, warm up, measure."""
    import medspacy  # type: ignore[import-not-found]
    from loguru import logger  # type: ignore[import-not-found]
    from medspacy.ner import TargetRule  # type: ignore[import-not-found]

    logger.remove()
    work = json.load(sys.stdin)
    parts = ["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"]
    pipeline = medspacy.load(medspacy_enable=parts)
    pipeline.get_pipe("medspacy_target_matcher").add([TargetRule(target, "FINDING") for target in work["targets"]])
    for message in work["messages"][:20]:
        pipeline(message)
    taken = []
    for message in work["messages"]:
        began = time.perf_counter()
        pipeline(message)
        taken.append(time.perf_counter() - began)
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
