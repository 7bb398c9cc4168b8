"""The judge of `make faults` finds every kind of violation, and nothing in a sound conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.evidence import Evidence, Frame, Kept, Outage, PatientSaw, Said, Wait, Written
from tests.faults.judge import judge


def entry(number: float, sender: str, kind: str = "text", **rest: Any) -> Frame:
    return {"id": f"{int(number * 10)}-0", "from": sender, "kind": kind, "turn": None, **rest}


LOG = [
    entry(1, "patient", client_id="m1"),
    entry(2, "bot", turn="10-0"),
    entry(3, "patient", client_id="m2"),
    entry(4, "bot", "advice", turn="30-0"),
    entry(5, "system", "notice", turn="30-0", notice="queued_emergency"),
    entry(6, "system", "notice", notice="claimed"),
    entry(7, "nurse", client_id="n1"),
    entry(8, "patient", client_id="m3"),
    entry(9, "system", "notice", notice="handed_back"),
    entry(10, "patient", client_id="m4"),
    entry(11, "bot", turn="100-0"),
]


def evidence(log: list[Frame] = LOG, shown: list[Frame] | None = None, **kept: Any) -> Evidence:
    kinds = {"m1": "chat", "m2": "emergency", "m3": "emergency", "m4": "chat"}
    said = {name: Said(name, 0.0, kind) for name, kind in kinds.items()}
    said["m2"].waits.append(Wait(10.0, 10.2, True))
    saw = PatientSaw(
        "c", said, {"m1": "10-0", "m2": "30-0", "m3": "80-0", "m4": "100-0"}, log if shown is None else shown
    )
    stored = replace(Kept("c", log, "bot", False, [], False), **kept)
    return Evidence([saw], [Written("c", "n1", "70-0")], {"c": stored}, [])


def kinds(found: Evidence) -> set[str]:
    return {violation.kind for violation in judge(found)}


def without(number: int) -> list[Frame]:
    return [each for each in LOG if each["id"] != f"{number * 10}-0"]


def changed(number: int, **fields: Any) -> list[Frame]:
    return [{**each, **fields} if each["id"] == f"{number * 10}-0" else each for each in LOG]


def inserted(new: Frame) -> list[Frame]:
    return sorted([*LOG, new], key=lambda each: int(each["id"].removesuffix("-0")))


def test_a_sound_conversation_is_sound() -> None:
    assert judge(evidence()) == []


def test_a_message_that_the_log_lacks_or_nobody_acknowledged_is_lost() -> None:
    assert "message lost" in kinds(evidence(without(8)))
    forgotten = evidence()
    del forgotten.patients[0].acknowledged["m1"]
    assert kinds(forgotten) == {"message lost"}


def test_what_a_screen_lacks_is_lost() -> None:
    assert kinds(evidence(shown=without(2))) == {"message lost"}


def test_a_nurses_message_that_the_log_lacks_is_lost() -> None:
    assert kinds(evidence(without(7), without(7))) == {"message lost"}


@pytest.mark.parametrize(
    "log",
    [
        inserted(entry(2.5, "bot", turn="10-0")),
        inserted(entry(5.5, "system", "notice", turn="30-0", notice="queued_emergency")),
        inserted(entry(3.5, "patient", client_id="m2")),
    ],
)
def test_what_is_in_the_log_twice_is_shown_twice(log: list[Frame]) -> None:
    assert "reply shown twice" in kinds(evidence(log))


def test_an_entry_that_a_screen_gets_again_is_shown_twice() -> None:
    assert kinds(evidence(shown=[*LOG, LOG[1]])) == {"reply shown twice"}


def test_screens_and_replies_have_the_order_of_the_log() -> None:
    assert kinds(evidence(shown=[*LOG[1:], LOG[0]])) == {"out of order"}
    crossed = changed(2, turn="100-0")
    assert "out of order" in kinds(evidence([{**e, "turn": "10-0"} if e["id"] == "110-0" else e for e in crossed]))
    swapped = evidence(changed(1, client_id="m4"))
    assert "out of order" in kinds(swapped)


def test_a_second_screen_counts_as_well() -> None:
    found = evidence()
    found.patients[0].other_screens.append([LOG[1], LOG[0]])
    assert kinds(found) == {"out of order"}


def test_the_bot_may_not_speak_while_a_nurse_has_it() -> None:
    assert "bot spoke while a nurse had it" in kinds(evidence(inserted(entry(8.5, "bot", turn="10-0"))))


def test_an_emergency_needs_somebody_who_is_called() -> None:
    assert "emergency without a queue entry" in kinds(evidence([*LOG[:4], *LOG[9:]]))
    assert "emergency without a queue entry" in kinds(evidence(LOG[:5], owner="bot"))
    assert "emergency without a queue entry" in kinds(evidence(LOG[:5], owner="queue", queued=False))


def test_advice_is_late_after_a_second_in_which_the_server_could_be_reached() -> None:
    late = evidence()
    late.patients[0].said["m2"].waits[0].ended = 11.6
    assert kinds(late) == {"emergency advice late"}
    late.outages.append(Outage("chat-1", "freeze", 10.1, 10.9))  # of which it could not, for most
    assert kinds(late) == set()
    silent = evidence()
    silent.patients[0].said["m2"].waits[0] = Wait(10.0, 12.0, False)
    assert kinds(silent) == {"emergency advice late"}


def test_advice_that_never_came_is_late_unless_a_nurse_has_the_conversation() -> None:
    silent = evidence()
    silent.patients[0].said["m2"].waits.clear()
    assert kinds(silent) == {"emergency advice late"}


def test_what_nobody_answers_and_what_still_waits_is_unanswered() -> None:
    assert kinds(evidence(without(11))) == {"unanswered"}
    assert kinds(evidence(pending=["100-0"])) == {"unanswered"}
    assert kinds(evidence(busy=True)) == {"unanswered"}
