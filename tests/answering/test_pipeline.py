"""Whatever the generator does, the patient gets checked sentences or quoted ones, in time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable

import pytest
from aiohttp import web

from actions.answering.answer import Answer, Partial, Question, Said
from actions.answering.assemble import Assembled
from actions.answering.pages import Passage
from actions.answering.words import language_of
from actions.settings import ROOT
from tests.answering.conftest import BadServer, event, says

ASK = Question("How much ibuprofen can I take in a day?", "en")
HEADING = "How much ibuprofen can an adult take?"


def passage(parts: Assembled, heading: str, lang: str = "en") -> Passage:
    return next(one for one in parts.retriever.shelves[lang].passages if one.heading == heading)


def all_sentences(parts: Assembled, lang: str) -> set[str]:
    return {sentence for one in parts.retriever.shelves[lang].passages for sentence in one.sentences}


async def run(parts: Assembled, question: Question) -> tuple[list[Partial], Answer, float]:
    """What was shown ahead, the answer, and the seconds it took."""
    started = time.monotonic()
    items = [item async for item in parts.pipeline.run(question)]
    answer = items[-1]
    assert isinstance(answer, Answer)
    partials = [item for item in items[:-1] if isinstance(item, Partial)]
    assert len(partials) == len(items) - 1
    return partials, answer, time.monotonic() - started


def texts(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


def assert_sound(parts: Assembled, answer: Answer, lang: str = "en") -> None:
    """Each sentence stands in the passage that it cites, and on a page."""
    quotes = {citation.n: citation for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.text in all_sentences(parts, lang)
        assert all(sentence.text in quotes[n].quote for n in sentence.citations)
        assert sentence.citations
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(citation.url.startswith("http") for citation in answer.citations)
    assert len(set(texts(answer))) == len(answer.sentences)
    assert answer.help in answer.text


async def test_without_a_generator_the_best_passage_is_quoted(parts: Assembled) -> None:
    partials, answer, _ = await run(parts, ASK)
    assert (answer.outcome, answer.made_by) == ("answered", "quoted")
    assert set(passage(parts, HEADING).sentences) <= set(texts(answer))
    assert [partial.sentence for partial in partials] == list(answer.sentences)
    assert [partial.seq for partial in partials] == list(range(1, len(partials) + 1))
    assert_sound(parts, answer)


async def test_chinese_is_answered_from_chinese_pages(parts: Assembled) -> None:
    _, answer, _ = await run(parts, Question("孩子发烧能捂汗吗", "zh"))
    assert "不要捂汗" in answer.text
    assert_sound(parts, answer, "zh")


async def test_the_questions_that_the_readme_suggests_are_answered(parts: Assembled) -> None:
    suggested = re.findall(r'\*"([^"]+[?？])"\*', (ROOT / "README.md").read_text("utf-8"))
    assert {language_of(question) for question in suggested} == {"en", "zh"}
    for question in suggested:
        _, answer, _ = await run(parts, Question(question, language_of(question)))
        assert answer.outcome == "answered", question
        assert_sound(parts, answer, language_of(question))


async def test_what_the_pages_do_not_tell_is_said_honestly(parts: Assembled) -> None:
    _, answer, _ = await run(parts, Question("what are the symptoms of lupus", "en"))
    assert answer.outcome == "not_covered"
    assert "nurse" in answer.text
    assert not answer.sentences


async def test_a_refusal_and_an_escalation_never_reach_the_generator(
    with_generator: Assembled, server: BadServer
) -> None:
    _, refused, _ = await run(with_generator, Question("can you write me a prescription for tramadol", "en"))
    _, escalated, _ = await run(with_generator, Question("chest pain", "en", acuity="emergency", advice="Call 999."))
    assert (refused.outcome, escalated.outcome) == ("refused", "escalated")
    assert server.requests == []


async def test_good_sentences_of_the_generator_are_shown_as_they_come(
    with_generator: Assembled, server: BadServer
) -> None:
    first, second = passage(with_generator, HEADING).sentences[:2]
    server.behave = says(first, " [1] ", second, " [1]")
    partials, answer, _ = await run(with_generator, ASK)
    assert texts(answer)[:2] == [first, second]
    assert answer.made_by in ("generated", "composed")
    assert partials[0].sentence.text == first
    assert_sound(with_generator, answer)


async def test_the_first_sentence_does_not_wait_for_the_second(with_generator: Assembled, server: BadServer) -> None:
    first, second = passage(with_generator, HEADING).sentences[:2]
    released = asyncio.Event()

    async def behave(_: web.Request, reply: web.StreamResponse) -> None:
        await reply.write(event(f"{first} [1] {second[:10]}"))
        await released.wait()
        await reply.write(event(f"{second[10:]} [1]", "stop"))

    server.behave = behave
    items = with_generator.pipeline.run(ASK)
    item = await anext(items)
    assert isinstance(item, Partial)
    assert item.sentence.text == first
    released.set()
    assert isinstance([one async for one in items][-1], Answer)


async def test_a_bad_sentence_between_good_ones_is_dropped(with_generator: Assembled, server: BadServer) -> None:
    first, second = passage(with_generator, HEADING).sentences[:2]
    bad = "Ibuprofen is the only way to remove them."
    server.behave = says(f"{first} [1] {bad} [1] {second} [1]")
    partials, answer, _ = await run(with_generator, ASK)
    assert bad not in answer.text
    assert all(partial.sentence.text != bad for partial in partials)
    assert answer.dropped == ("unsupported",)
    assert texts(answer)[:2] == [first, second]


async def test_the_key_sentence_that_the_generator_left_out_is_quoted(
    with_generator: Assembled, server: BadServer
) -> None:
    last = passage(with_generator, HEADING).sentences[-1]
    server.behave = says(f"{last} [1]")
    _, answer, _ = await run(with_generator, ASK)
    assert answer.made_by == "composed"
    assert "one or two 200mg tablets" in answer.text
    assert_sound(with_generator, answer)


async def test_half_a_dose_is_made_whole(with_generator: Assembled, server: BadServer) -> None:
    heading = "How much paracetamol can an adult take?"
    server.behave = says(f"{passage(with_generator, heading).sentences[0]} [1]")
    _, answer, _ = await run(with_generator, Question("how many paracetamol tablets a day", "en"))
    assert "The maximum dose of paracetamol for adults is eight 500mg tablets (4g) in 24 hours." in texts(answer)
    assert "Leave at least 4 hours between doses of paracetamol." in texts(answer)


async def test_half_a_list_of_warnings_is_made_whole(with_generator: Assembled, server: BadServer) -> None:
    question = Question("when is a headache an emergency", "en")
    warnings = passage(with_generator, "When is a headache an emergency?").sentences
    server.behave = says(f"{warnings[0]} [1]")
    _, answer, _ = await run(with_generator, question)
    assert set(warnings) <= set(texts(answer))


def endless(piece: str) -> Iterable[str]:
    return (piece for _ in range(2000))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (says("Bonjour, je ne sais pas. [1] Prenez du repos. [1] Bien. [1]"), "unsupported"),
        (says("头痛时要多喝水。[1] 多休息。[1]"), "wrong language"),
        (says("\x00\x01 ((( asdkj qwe ]]] {{{"), "uncited"),
        (says("Ibuprofen is good for you and nothing can happen."), "uncited"),
        (says(*endless("lalala ")), "without end"),
        (says("Take 10 tablets. [1] Take 20 tablets. [1] Take 30 tablets. [1] Take 40 tablets. [1]"), "unsupported"),
        (says("The usual dose of ibuprofen bought from a shop or pharm", done=False), ""),
        (says(done=False), ""),
        (says(), ""),
    ],
    ids=["french", "chinese", "noise", "uncited", "endless", "wrong doses", "cut off", "broken off", "silent"],
)
async def test_nonsense_gives_the_quoted_passage(
    with_generator: Assembled, server: BadServer, reply: object, why: str
) -> None:
    server.behave = reply  # type: ignore[assignment]
    partials, answer, _ = await run(with_generator, ASK)
    assert answer.made_by == "quoted"
    assert "six 200mg tablets" in answer.text
    assert [partial.sentence for partial in partials] == list(answer.sentences)
    assert any(why in dropped for dropped in answer.dropped) or not why
    assert_sound(with_generator, answer)


async def not_an_event_stream(_: web.Request, reply: web.StreamResponse) -> None:
    await reply.write(b'data: {"choices": 7}\n\n<html>502 Bad Gateway</html>')


async def no_json(_: web.Request, reply: web.StreamResponse) -> None:
    await reply.write(b"data: \xff\xfe not json\n\n")


@pytest.mark.parametrize("behave", [not_an_event_stream, no_json])
async def test_an_answer_of_another_shape_gives_the_quoted_passage(
    with_generator: Assembled, server: BadServer, behave: object
) -> None:
    server.behave = behave  # type: ignore[assignment]
    _, answer, _ = await run(with_generator, ASK)
    assert answer.made_by == "quoted"
    assert any("generator away" in dropped for dropped in answer.dropped)


async def hang(_: web.Request, reply: web.StreamResponse) -> None:
    await asyncio.sleep(30)


async def test_a_slow_generator_is_cut_off_in_time_and_told_so(with_generator: Assembled, server: BadServer) -> None:
    server.behave = hang
    _, answer, seconds = await run(with_generator, ASK)
    assert answer.made_by == "quoted"
    assert "too slow" in answer.dropped
    assert seconds < 2.0
    await asyncio.wait_for(server.closed_early.wait(), 2)


async def test_a_generator_that_stops_halfway_keeps_its_good_sentence(
    with_generator: Assembled, server: BadServer
) -> None:
    first = passage(with_generator, HEADING).sentences[0]

    async def behave(_: web.Request, reply: web.StreamResponse) -> None:
        await reply.write(event(f"{first} [1] Leave at "))
        await asyncio.sleep(30)

    server.behave = behave
    _, answer, seconds = await run(with_generator, ASK)
    assert texts(answer)[0] == first
    assert "Leave at" not in [text[:8] for text in texts(answer)] or "Leave at least 4 hours" in answer.text
    assert seconds < 2.5


async def test_a_patient_who_leaves_stops_the_generator(with_generator: Assembled, server: BadServer) -> None:
    server.behave = hang
    task = asyncio.create_task(with_generator.pipeline.ask(ASK))
    async with asyncio.timeout(2):
        await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.closed_early.wait(), 2)


async def test_eight_patients_at_once_wait_no_longer_than_one(with_generator: Assembled, server: BadServer) -> None:
    server.behave = hang
    started = time.monotonic()
    answers = await asyncio.gather(*(with_generator.pipeline.ask(ASK) for _ in range(8)))
    assert time.monotonic() - started < 2.5
    assert {answer.made_by for answer in answers} == {"quoted"}


async def test_a_follow_up_is_understood_from_the_question_before(parts: Assembled) -> None:
    history = (Said("patient", "How much paracetamol can I take?"), Said("bot", "One or two tablets."))
    _, alone, _ = await run(parts, Question("and how often can I take it?", "en"))
    _, answer, _ = await run(parts, Question("and with alcohol?", "en", history=history))
    assert alone.outcome == "not_covered"
    assert answer.topic in ("paracetamol", "alcohol-and-medicines")
    assert "alcohol" in answer.text


async def test_a_new_question_is_not_bent_by_the_one_before(parts: Assembled) -> None:
    history = (Said("patient", "How much paracetamol can I take?"),)
    _, answer, _ = await run(parts, Question("How do I prevent a urinary infection?", "en", history=history))
    assert answer.topic == "urinary-infection"


async def test_the_numbers_are_those_of_the_patients_region(parts: Assembled) -> None:
    _, answer, _ = await run(parts, Question("when is a headache an emergency", "en", region="US"))
    assert "911" in answer.text
    assert "999" not in answer.text
