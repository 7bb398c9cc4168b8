"""`careline ask`: questions in, sourced answers out, as JSON lines; every part runs in this process."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, TextIO

import aiohttp
import typer

from actions.answering.answer import Question, Said
from actions.answering.assemble import opened
from actions.answering.pipeline import Pipeline
from actions.settings import Settings
from bot.commands.embeddings import answers
from bot.triage import DataError, screen
from bot.triage import Said as Line

_MODELS_LIMIT = 180.0
_FROM = ("patient", "bot")


class BadLine(Exception):
    """A line of input that is not a question; the message says why. `id` is the line's id, where it has one."""

    def __init__(self, message: str, line_id: Any = None) -> None:
        super().__init__(message)
        self.id = line_id


def ask(
    generator: Annotated[
        bool, typer.Option(help="Without it, answers are quoted from the pages and no model writes.")
    ] = True,
) -> None:
    """Answer questions from the reviewed pages: JSON lines from stdin to stdout.

    In:  {"id", "text", "lang"?, "history"?: [{"from": "patient|bot", "text"}]}

    Out: {"id", "outcome": "answered|not_covered|refused|escalated", "answer", "sentences", "citations", "acuity", "ms"}

    The models are those of GENERATOR_URL and EMBEDDINGS_URL; where none answer there, they are started in this process.
    A bad line gives {"id", "error"}, the others are still done, and the exit status is 1.

    Try:  echo '{"id": 1, "text": "How long does a cold last?"}' | careline ask
    """
    try:
        bad = asyncio.run(_ask(sys.stdin, sys.stdout, generator))
    except DataError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(1 if bad else 0)


async def _ask(lines: TextIO, out: TextIO, generator: bool) -> int:
    """Answer every line in order; the number of bad ones."""
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(served(Settings(), generator))
        pipeline = await stack.enter_async_context(opened(settings))
        return await answer_lines(lines, out, pipeline)


async def answer_lines(lines: Iterable[str], out: TextIO, pipeline: Pipeline) -> int:
    """One line out for each line in, in order; the number of bad ones."""
    bad = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            line_id, question = read_line(line)
            result = await _answered(line_id, question, pipeline)
        except BadLine as problem:
            bad += 1
            result = {"id": problem.id, "error": str(problem)}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()
    return bad


async def _answered(line_id: Any, question: Question, pipeline: Pipeline) -> dict[str, Any]:
    started = time.perf_counter()
    answer = (await pipeline.ask(question)).to_dict()
    answer.pop("help")
    answer.pop("near", None)
    return {"id": line_id, **answer, "ms": round((time.perf_counter() - started) * 1000, 1)}


def read_line(line: str) -> tuple[Any, Question]:
    """The id and the question of one line, screened. Raises BadLine."""
    try:
        data = json.loads(line)
    except ValueError:
        raise BadLine("this line is not JSON") from None
    if not isinstance(data, dict):
        raise BadLine("this line is not a JSON object")
    line_id = data.get("id")
    if "id" not in data:
        raise BadLine("the line has no 'id'")
    text, lang = data.get("text"), data.get("lang")
    if not isinstance(text, str) or not text.strip():
        raise BadLine("'text' must be a text that is not empty", line_id)
    if lang not in (None, "en", "zh"):
        raise BadLine("'lang' must be en or zh", line_id)
    history = tuple(_said(one, line_id) for one in _list(data.get("history"), line_id))
    lines = [Line("patient" if one.speaker == "patient" else "bot", one.text) for one in history]
    verdict = screen(text, lang=lang, history=lines)
    return line_id, Question(text, verdict.lang, None, history, verdict.acuity.value, verdict.advice)


def _list(history: Any, line_id: Any) -> list[Any]:
    if history is None:
        return []
    if not isinstance(history, list):
        raise BadLine("'history' must be a list", line_id)
    return history


def _said(one: Any, line_id: Any) -> Said:
    if not isinstance(one, dict) or one.get("from") not in _FROM or not isinstance(one.get("text"), str):
        raise BadLine("each entry of 'history' needs 'from' (patient or bot) and 'text'", line_id)
    return Said(one["from"], one["text"])


@asynccontextmanager
async def served(settings: Settings, generator: bool, adapter: str = "") -> AsyncIterator[Settings]:
    """Settings whose addresses answer: those of the environment, or of a model server started here.

    With an `adapter` of the generator (`none`: untuned) one is always started here.
    """
    if not generator:
        yield settings.model_copy(update={"generator_url": ""})
        return
    if not adapter and await answers(settings.generator_url, settings.generator_api_key):
        typer.echo(f"Using the models at {settings.generator_url}.", err=True)
        yield settings
        return
    from aiohttp import web

    from models.loading import SHELF
    from models.server import build_app
    from models.settings import Settings as ModelSettings

    typer.echo("Loading the models in this process ...", err=True)
    app = build_app(ModelSettings(MODELS_API_KEY="", GENERATOR_ADAPTER=adapter or ModelSettings().generator_adapter))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        if await _healthy(url, lambda: app[SHELF].failed is not None):
            yield settings.model_copy(update={"generator_url": f"{url}/v1", "embeddings_url": f"{url}/v1"})
        else:
            typer.echo("The models cannot be loaded; answers are quoted. `careline doctor` says more.", err=True)
            yield settings.model_copy(update={"generator_url": "", "embeddings_url": ""})
    finally:
        await runner.cleanup()


async def _healthy(url: str, failed: Callable[[], bool]) -> bool:
    """Wait for the models to load, saying so on stderr now and then."""
    started = told = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        while time.monotonic() - started < _MODELS_LIMIT and not failed():
            async with http.get(f"{url}/health") as reply:
                if reply.status == 200:
                    typer.echo(f"Models ready after {time.monotonic() - started:.0f} s.", err=True)
                    return True
            if time.monotonic() - told > 5:
                told = time.monotonic()
                typer.echo(f"... still loading ({told - started:.0f} s)", err=True)
            await asyncio.sleep(0.2)
    return False
