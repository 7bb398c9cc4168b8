"""The answer pipeline: checked sentences as they pass, then the whole answer, always within the time limit."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from actions.settings import Settings

from .answer import Answer, Citation, Partial, Question, Sentence
from .coverage import NOTHING, Coverage, Judge, near_topics
from .followup import leans, standalone
from .generate import Draft, Generator, GeneratorAway
from .policy import Policy
from .prompt import Prompt
from .quote import MOST, Choice, Quoter
from .regions import Regions
from .retrieve import Retriever
from .shelf import Search, Shelf
from .topic import Passage
from .vectors import Matrix
from .verify import Checked, check
from .words import Lexicon

log = logging.getLogger(__name__)

_HOPELESS = 3
"""Sentences in a row that fail before the generator is stopped."""


@dataclass
class _Draft:
    """An answer as it grows: sources are numbered in the order in which they are used."""

    passages: Sequence[Passage]
    shown: list[Choice] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    generated: int = 0

    def add(self, choice: Choice) -> Partial:
        self.shown.append(choice)
        self.numbers.setdefault(choice.passage, len(self.numbers) + 1)
        return Partial(len(self.shown), self.sentence(choice), self.citations())

    def sentence(self, choice: Choice) -> Sentence:
        return Sentence(choice.text, (self.numbers[choice.passage],))

    def citations(self) -> tuple[Citation, ...]:
        return tuple(
            Citation(n, (own := self.passages[at]).cited, own.url, own.text, own.licence)
            for at, n in self.numbers.items()
        )


@dataclass(frozen=True)
class _Uncovered:
    """Nothing covers the question; the topics that came nearest."""

    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Basis:
    """What an answer is written from."""

    search: Search
    passages: Sequence[Passage]
    coverage: Coverage
    lang: str


class Pipeline:
    """All stages, built once per process and shared by all requests."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        judge: Judge,
        retriever: Retriever,
        lexicons: Mapping[str, Lexicon],
        prompts: Mapping[str, Prompt],
        regions: Regions,
        generator: Generator | None,
    ) -> None:
        self._settings = settings
        self._policy = policy
        self._judge = judge
        self._retriever = retriever
        self._lexicons = lexicons
        self._quoters = {lang: Quoter(lexicon) for lang, lexicon in lexicons.items()}
        self._prompts = prompts
        self._regions = regions
        self._generator = generator

    @property
    def policy(self) -> Policy:
        return self._policy

    async def run(self, question: Question) -> AsyncGenerator[Partial | Answer]:
        """Checked sentences as they pass, and at last the whole Answer. Never raises but for cancellation."""
        started = time.monotonic()
        settled = self._policy.before(question)
        if settled:
            yield settled
            return
        try:
            async with asyncio.timeout(self._settings.first_sentence_limit):
                shelf = self._retriever.shelves[question.lang]
                vector = await self._vector(question.text, shelf)
                refused = self._policy.asked(question, vector, self._retriever.model)
                basis = refused or await self._basis(question, vector)
        except Exception as problem:
            # a fault in finding pages must not cost the patient an answer: a human looks
            log.error("no passages could be looked up: %s", type(problem).__name__)
            basis = _Uncovered()
        if isinstance(basis, Answer):
            yield basis
            return
        if isinstance(basis, _Uncovered):
            yield self._policy.not_covered(question, basis.near)
            return
        draft = _Draft(basis.passages)
        async with aclosing(self._generate(question, basis, draft, started)) as generated:
            async for choice in generated:
                yield draft.add(choice)
        draft.generated = len(draft.shown)
        for choice in self._completed(basis, draft):
            yield draft.add(choice)
        yield self._answer(question, basis, draft)

    async def ask(self, question: Question) -> Answer:
        """The whole answer alone."""
        async for item in self.run(question):
            if isinstance(item, Answer):
                return item
        return self._policy.not_covered(question)

    async def _vector(self, text: str, shelf: Shelf) -> Matrix | None:
        return await self._retriever.vector(text, shelf, self._settings.embedding_limit)

    async def _basis(self, question: Question, vector: Matrix | None) -> _Basis | _Uncovered:
        """The passages to answer from. `vector` is that of the question as it was asked."""
        if self._judge.is_outside(question.text, question.lang):
            return _Uncovered()
        lexicon = self._lexicons[question.lang]
        text = standalone(question, lexicon)
        shelves = self._retriever.shelves
        if text != question.text:
            vector = await self._vector(text, shelves[question.lang])
        search, coverage = await self._look(text, shelves[question.lang], vector)
        if text == question.text and not search.named and leans(text, lexicon):
            # it leans on something that nobody said: any page would be a guess
            return _Uncovered()
        near = near_topics(search, shelves[question.lang])
        lang = question.lang
        if not coverage.covered and (imported := self._retriever.imported.get(lang)):
            # after our own pages, which editors reviewed for this use
            search = await self._retriever.search(text, imported, vector)
            coverage = self._judge.decide_imported(search, imported)
        if not coverage.covered:
            # another language's page only where the patient's language has none on that topic at all
            own, lang = shelves[lang].topics, "zh" if lang == "en" else "en"
            search, coverage = await self._look(text, shelves[lang], vector)
            if coverage.topic in own:
                return _Uncovered(near)
        if not coverage.covered:
            return _Uncovered(near)
        region = self._region(question)
        mine = [one.passage for one in search.found if one.passage.topic == coverage.topic]
        passages = [self._regions.passage(passage, region) for passage in mine[: self._prompts[lang].passages]]
        return _Basis(search, passages, coverage, lang)

    def _region(self, question: Question) -> str | None:
        return question.region or self._settings.region

    async def _look(self, text: str, shelf: Shelf, vector: Matrix | None) -> tuple[Search, Coverage]:
        if not shelf.passages:
            return Search({}, (), {}, None), NOTHING
        search = await self._retriever.search(text, shelf, vector)
        return search, self._judge.decide(search, shelf)

    async def _generate(
        self, question: Question, basis: _Basis, draft: _Draft, started: float
    ) -> AsyncGenerator[Choice]:
        """What the generator writes and the check lets pass, until it ends, fails or runs out of time."""
        if self._generator is None or not self._generator.configured:
            return
        if basis.lang != question.lang or basis.lang not in self._settings.generator_languages:
            return
        prompt = self._prompts[basis.lang]
        sentences = prompt.trimmed(basis.passages)
        glue = "" if basis.lang == "zh" else " "
        texts = [glue.join(own) for own in sentences]
        ends = started + self._settings.generation_limit
        failed = 0
        try:
            async with aclosing(self._generator.write(prompt, question.text, texts)) as drafts:
                while len(draft.shown) < MOST and failed < _HOPELESS:
                    first_by = started + self._settings.first_sentence_limit
                    deadline = ends if draft.shown else min(first_by, ends)
                    one = await asyncio.wait_for(anext(drafts), max(0.01, deadline - time.monotonic()))
                    before = [choice.text for choice in draft.shown]
                    checked = self._checked(one, sentences, basis.lang, before)
                    if checked.passage is not None:
                        failed = 0
                        yield Choice(checked.text, checked.passage)
                    else:
                        failed += 1
                        draft.dropped.append(checked.reason)
        except StopAsyncIteration:
            return
        except TimeoutError:
            draft.dropped.append("too slow")
        except GeneratorAway as problem:
            draft.dropped.append(f"generator away: {problem}")

    def _checked(self, draft: Draft, sentences: Sequence[Sequence[str]], lang: str, before: Sequence[str]) -> Checked:
        return check(draft.text, draft.cited, sentences, lang, before)

    def _completed(self, basis: _Basis, draft: _Draft) -> list[Choice]:
        """What the passages add: all of it where nothing was generated, else what was left out."""
        quoter = self._quoters[basis.lang]
        if not draft.shown:
            return quoter.quote(basis.search, basis.passages)
        return quoter.missing(basis.search, basis.passages, draft.shown)

    def _answer(self, question: Question, basis: _Basis, draft: _Draft) -> Answer:
        quoted = len(draft.shown) - draft.generated
        made_by = "quoted" if not draft.generated else "composed" if quoted else "generated"
        help_line = basis.passages[0].help or self._policy.texts.say("help", basis.lang, self._region(question))
        text = ("" if basis.lang == "zh" else " ").join(choice.text for choice in draft.shown)
        if basis.lang != question.lang:
            text = self._policy.texts.say("other_language", question.lang, question.region) + "\n" + text
        return Answer(
            "answered",
            f"{text}\n\n{help_line}",
            tuple(draft.sentence(choice) for choice in draft.shown),
            draft.citations(),
            question.acuity,
            help_line,
            made_by,
            basis.coverage.topic,
            tuple(draft.dropped),
        )
