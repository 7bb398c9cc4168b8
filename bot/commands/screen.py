"""`careline screen`: messages in, verdicts out, one JSON object per line."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TextIO

import typer

from bot import triage
from bot.system.reader import NoReaderError, Read, local_reader, reader_by_words
from bot.triage import Said
from bot.triage.explain import explain as explained


class BadLine(ValueError):
    """An input line that breaks the format; `id` is what could be read of it."""

    def __init__(self, message: str, line_id: object = None) -> None:
        super().__init__(message)
        self.id = line_id


def screen_lines(lines: Iterable[str], output: TextIO, readers: Sequence[Read] = ()) -> int:
    """Screen each line of JSON, writing one line of JSON per line read, in order and at once.

    `readers` may raise what the rules say.

    Returns the exit code: 1 where a line could not be read (it gets `{"id", "error"}`), else 0. Blank lines are bad.
    """
    bad = False
    triage.screen("")  # the data files are read before the first message is timed
    for line in lines:
        try:
            answer = _verdict(_request(line), readers)
        except BadLine as problem:
            bad = True
            answer = {"id": problem.id, "error": str(problem)}
        output.write(json.dumps(answer, ensure_ascii=False) + "\n")
        output.flush()
    return 1 if bad else 0


def _request(line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLine("the line is not JSON") from problem
    if not isinstance(request, dict):
        raise BadLine("the line must be a JSON object")
    line_id = request.get("id")
    if "id" not in request:
        raise BadLine("'id' is missing")
    if not isinstance(request.get("text"), str):
        raise BadLine("'text' must be a string", line_id)
    if request.get("lang") not in (None, "en", "zh"):
        raise BadLine('\'lang\' must be "en" or "zh"', line_id)
    if not isinstance(request.get("region"), (str, type(None))):
        raise BadLine("'region' must be a country code such as \"GB\"", line_id)
    return request


def _history(request: dict[str, Any]) -> Sequence[Said]:
    rows = request.get("history") or []
    if not isinstance(rows, list):
        raise BadLine("'history' must be a list", request["id"])
    said: list[Said] = []
    for row in rows:
        said.append(_said(row, request["id"]))
    return said


def _said(row: object, line_id: object) -> Said:
    if isinstance(row, dict) and isinstance(row.get("text"), str):
        if row.get("from") == "patient":
            return Said("patient", row["text"])
        if row.get("from") == "bot":
            return Said("bot", row["text"])
    raise BadLine('each entry of \'history\' needs "from" (patient or bot) and "text"', line_id)


def _verdict(request: dict[str, Any], readers: Sequence[Read]) -> dict[str, Any]:
    history = _history(request)
    began = time.perf_counter()
    verdict = triage.screen(request["text"], lang=request.get("lang"), history=history, region=request.get("region"))
    took = (time.perf_counter() - began) * 1000
    if verdict.acuity is not triage.Acuity.EMERGENCY:
        verdict = triage.raised(verdict, [read(request["text"]) for read in readers], request.get("region"))
    told = verdict.to_dict()
    return {
        "id": request["id"],
        "acuity": told["acuity"],
        "findings": [{name: one[name] for name in ("id", "status", "quote")} for one in told["findings"]],
        "rules": [hit.id for hit in verdict.rules],
        "ask": {"id": verdict.ask.id, "text": verdict.ask.text} if verdict.ask else None,
        "advice": verdict.advice,
        "lang": verdict.lang,
        "ms": round(took, 3),
    }


def screen(
    readers: Annotated[bool, typer.Option(help="Without them, the rules alone decide.")] = True,
    explain: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Show why: findings, context, rules and sources of one message.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Country of the numbers that --explain shows, such as GB.")] = None,
) -> None:
    """Screen messages for emergencies: JSON lines in, JSON lines out.

    Each input line:
    {"id", "text", "lang"?: "en"|"zh", "history"?: [{"from": "patient"|"bot", "text"}], "region"?: "GB"}

    Each output line:
    {"id", "acuity", "findings": [{"id", "status", "quote"}], "rules", "ask", "advice", "lang", "ms"}

    One output line per input line, in order. A line that cannot be read gives {"id", "error"}; the others are
    still done, and the exit code is 1. The readers may raise what the rules say; "ms" is the time of the rules.

    Try it:  echo '{"id": 1, "text": "I have crushing chest pain"}' | careline screen

    Or:  careline screen --explain "my dad cannot lift his right arm since this morning"
    """
    _in_utf8()
    asked = _readers() if readers else []
    if explain is not None:
        verdict = triage.screen(explain, region=region)
        readings = [read(explain) for read in asked]
        typer.echo(explained(explain, triage.raised(verdict, readings, region), readings))
        return
    raise typer.Exit(screen_lines(sys.stdin, sys.stdout, asked))


def _readers() -> list[Read]:
    by_words = reader_by_words()
    found = [by_words] if by_words else []
    try:
        return [local_reader(), *found]
    except NoReaderError as problem:
        typer.echo(f"The classifier says nothing: {problem}", err=True)
        return found


def _in_utf8() -> None:
    if isinstance(sys.stdin, io.TextIOWrapper) and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        # half a surrogate pair in a message stays a JSON escape instead of ending the run
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
