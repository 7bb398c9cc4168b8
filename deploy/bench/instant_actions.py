"""An action server whose health answers are there at once: what is measured is all that lies around them."""

from __future__ import annotations

import os
import warnings
from typing import Any

from rasa_sdk import Action  # type: ignore[import-untyped]
from rasa_sdk.endpoint import create_app  # type: ignore[import-untyped]
from rasa_sdk.executor import ActionExecutor  # type: ignore[import-untyped]

ANSWER = {
    "outcome": "answered",
    "answer": "Rest and drink enough. [1]",
    "sentences": [{"text": "Rest and drink enough.", "citations": [1]}],
    "citations": [{"n": 1, "title": "Colds", "url": "https://example.org", "quote": "Rest and drink enough."}],
    "help": None,
    "acuity": "self_care",
}


class InstantAnswer(Action):  # type: ignore[misc]
    """Stands where `action_answer_health_question` stands."""

    def name(self) -> str:
        return "action_answer_health_question"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        """The same answer to everything."""
        dispatcher.utter_message(json_message={"kind": "answer", "answer": ANSWER})
        return []


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=r"Your versions of rasa")
    executor = ActionExecutor()
    executor.register_action(InstantAnswer)
    app = create_app(executor, cors_origins=[])
    port = int(os.environ["ACTIONS_PORT"])
    app.run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)
