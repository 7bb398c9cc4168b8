"""Nothing of a patient in the logs, whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.nlu import redaction

TEXT = "我胸口痛 very 'badly'"


@pytest.fixture(autouse=True)
def redacting() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(redaction.RedactedRecord)
    yield
    logging.setLogRecordFactory(before)


def test_the_text_of_the_turn_is_blanked_however_it_is_quoted(caplog: pytest.LogCaptureFixture) -> None:
    with redaction.withheld(TEXT):
        logging.getLogger("rasa").error("failed on %s and %r and %a", TEXT, TEXT, TEXT)
    assert "胸口" not in caplog.text
    assert "badly" not in caplog.text
    assert caplog.text.count(redaction.BLANK) == 3


def test_a_traceback_tells_places_but_not_what_was_choked_on(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            int(TEXT)
        except ValueError as error:
            raise RuntimeError(f"cannot read {TEXT}") from error
    except RuntimeError:
        logging.getLogger("rasa").exception("A turn failed.")
    assert "RuntimeError" in caplog.text
    assert "ValueError" in caplog.text
    assert "test_redaction.py" in caplog.text
    assert "胸口" not in caplog.text


def test_structured_entries_keep_harmless_fields_only() -> None:
    entry = {"event": "rest.message.received.failure", "text": TEXT, "user_text": TEXT, "action_name": "utter_greet"}
    kept = redaction.keep_safe_fields(None, "error", entry)
    assert kept == {"event": "rest.message.received.failure", "action_name": "utter_greet"}
