"""The generator's client: any server of the OpenAI shape, streamed, cut into cited sentences as they complete."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .http import Http
from .prompt import Prompt

_LONGEST_LINE = 64 * 1024
_LONGEST_REPLY = 6_000


class GeneratorAway(Exception):
    """The generator gave nothing usable; the message is a reason without any of its words."""


@dataclass(frozen=True)
class Draft:
    """A sentence as the generator wrote it, with the numbers it cites; unchecked."""

    text: str
    cited: tuple[int, ...]


@dataclass
class Cutter:
    """Cuts a growing text into sentences: one is complete when something else follows its citations."""

    citation: re.Pattern[str]
    _rest: str = field(default="", init=False)

    def feed(self, piece: str) -> list[Draft]:
        """The sentences that this piece completed."""
        self._rest += piece
        return self._cut(final=False)

    def end(self) -> list[Draft]:
        """What was left, cited or not."""
        drafts = self._cut(final=True)
        if self._rest.strip():
            drafts.append(Draft(self._rest.strip(), ()))
        self._rest = ""
        return drafts

    def _cut(self, final: bool) -> list[Draft]:
        drafts: list[Draft] = []
        run = re.compile(rf"(?:\s*{self.citation.pattern})+\s*[.。]?")
        while found := run.search(self._rest):
            if found.end() == len(self._rest) and not final:
                break
            if found.end() < len(self._rest) and self._rest[found.end() :].lstrip()[:1] == "[" and not final:
                break
            text = self._rest[: found.start()].strip()
            numbers = tuple(int(n) for n in self.citation.findall(found.group()))
            if text and text[-1] not in ".!?。！？" and found.group().rstrip()[-1] in ".。":
                text += found.group().rstrip()[-1]
            drafts.append(Draft(text, tuple(dict.fromkeys(numbers))))
            self._rest = self._rest[found.end() :]
        return drafts


class Generator:
    """Asks `{url}/chat/completions`. Safe to share between requests."""

    def __init__(self, http: Http, url: str, model: str, api_key: str = "") -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    @property
    def configured(self) -> bool:
        return bool(self._url)

    async def write(self, prompt: Prompt, question: str, texts: Sequence[str]) -> AsyncGenerator[Draft]:
        """The sentences as they complete. Raises GeneratorAway; whoever stops iterating cancels the request."""
        body = {
            "model": self._model,
            "messages": prompt.messages(question, texts),
            "stream": True,
            "temperature": prompt.temperature,
            "max_tokens": prompt.max_tokens,
        }
        cutter = Cutter(prompt.citation)
        finished = False
        try:
            async for piece in self._pieces(body):
                if piece is None:
                    finished = True
                    break
                for draft in cutter.feed(piece):
                    yield draft
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise GeneratorAway(type(problem).__name__) from problem
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
            raise GeneratorAway("an answer of another shape") from problem
        for draft in cutter.end():
            # a stream that broke off may have lost the end of its last sentence
            if finished or draft.cited:
                yield draft

    async def _pieces(self, body: dict[str, Any]) -> AsyncGenerator[str | None]:
        """The pieces of text of a streamed reply; None where the server says that it is complete."""
        timeout = aiohttp.ClientTimeout(total=None, connect=1.0)
        url, total = f"{self._url}/chat/completions", 0
        async with self._http.session().post(url, json=body, headers=self._headers, timeout=timeout) as reply:
            if reply.status != 200:
                raise GeneratorAway(f"status {reply.status}")
            async for line in _lines(reply.content):
                if line == "[DONE]":
                    yield None
                    return
                choice = json.loads(line)["choices"][0]
                piece = choice.get("delta", {}).get("content") or ""
                total += len(piece)
                if total > _LONGEST_REPLY:
                    raise GeneratorAway("a reply without end")
                if piece:
                    yield str(piece)
                if choice.get("finish_reason"):
                    yield None
                    return


async def _lines(stream: aiohttp.StreamReader) -> AsyncGenerator[str]:
    """The `data:` lines of an event stream."""
    rest = b""
    async for chunk in stream.iter_any():
        rest += chunk
        *whole, rest = rest.split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise GeneratorAway("a line without end")
        for line in whole:
            text = line.decode("utf-8", errors="strict").strip()
            if text.startswith("data:"):
                yield text[5:].strip()
