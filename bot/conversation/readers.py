"""The learned readers: one by words in this process, and, over the wire, a classifier and by setting a large model."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import yaml

from bot.conversation.words_reader import WordsReader
from bot.triage import CLASSIFIER, Acuity, Reading

log = logging.getLogger(__name__)

PROMPT_FILE = Path(__file__).resolve().parents[2] / "data" / "prompts" / "reader.yml"
_LONGEST = 6000


class Reader(Protocol):
    """One learned reader that is asked over the wire."""

    name: str

    async def read(self, http: aiohttp.ClientSession, text: str) -> Reading:
        """What it says of a message. Raises whatever goes wrong on the way; never holds patient text in an error."""


@dataclass(frozen=True)
class Service:
    """Where a reader is served. `limit`: seconds that it may take; `key`: bearer token, empty for none."""

    url: str
    model: str
    key: str
    limit: float

    async def post(self, http: aiohttp.ClientSession, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON answer to a request. Raises aiohttp.ClientError, TimeoutError or ValueError."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        timeout = aiohttp.ClientTimeout(total=self.limit, sock_connect=1)
        address = f"{self.url.rstrip('/')}{path}"
        async with http.post(address, json={"model": self.model, **body}, headers=headers, timeout=timeout) as reply:
            if reply.status != 200:
                raise ValueError(f"status {reply.status}")
            return await reply.json()


class Classifier:
    """A classifier of the four acuities, `POST /classify` as vLLM serves it, its labels from the most urgent on."""

    name = CLASSIFIER

    def __init__(self, service: Service) -> None:
        self._service = service

    async def read(self, http: aiohttp.ClientSession, text: str) -> Reading:
        """See Reader."""
        body = {"input": text[:_LONGEST], "truncate_prompt_tokens": -1}
        answer = await self._service.post(http, "/classify", body)
        return Reading.of(self.name, answer["data"][0]["probs"])


@dataclass(frozen=True)
class Asking:
    """How a large model is asked (data/prompts/reader.yml): the system message, and what each criterion means."""

    prompt: str
    criteria: Mapping[str, Acuity]


class LargeModel:
    """Any OpenAI-compatible model, asked for strict JSON: each criterion true or false."""

    name = "large model"

    def __init__(self, service: Service, asking: Asking) -> None:
        self._service = service
        self._asking = asking

    async def read(self, http: aiohttp.ClientSession, text: str) -> Reading:
        """See Reader."""
        messages = [{"role": "system", "content": self._asking.prompt}, {"role": "user", "content": text[:_LONGEST]}]
        body = {"messages": messages, "temperature": 0, "response_format": {"type": "json_object"}}
        answer = await self._service.post(http, "/chat/completions", body)
        return self._reading(answer["choices"][0]["message"]["content"])

    def _reading(self, content: str) -> Reading:
        said = json.loads(content)
        if not isinstance(said, dict) or set(said) != set(self._asking.criteria):
            return Reading.failed(self.name, "not an answer to every criterion")
        if not all(isinstance(met, bool) for met in said.values()):
            return Reading.failed(self.name, "a criterion that is neither true nor false")
        met = [self._asking.criteria[criterion] for criterion, is_met in said.items() if is_met]
        most = Acuity.most_urgent(met)
        return Reading.of(self.name, [1.0 if acuity is most else 0.0 for acuity in Acuity])


class Readers:
    """All readers of this Careline; there may be none. Those over the wire are asked once `attach` gave a client."""

    def __init__(self, readers: Sequence[Reader] = (), words: WordsReader | None = None) -> None:
        self._readers = readers
        self._words = words
        self._http: aiohttp.ClientSession | None = None

    def attach(self, http: aiohttp.ClientSession) -> None:
        """Ask with this client from now on."""
        self._http = http

    def by_words(self, text: str) -> list[Reading]:
        """What the reader in this process says, at once; nothing where there is none."""
        return [_told(self._words.read(text))] if self._words else []

    async def over_the_wire(self, text: str) -> list[Reading]:
        """What each other says, side by side. One that is away, slow or unreadable gives a problem, which is logged."""
        if self._http is None:
            return []
        return list(await asyncio.gather(*(_ask(self._http, reader, text) for reader in self._readers)))


async def _ask(http: aiohttp.ClientSession, reader: Reader, text: str) -> Reading:
    try:
        reading = await reader.read(http, text)
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, LookupError) as error:
        reading = Reading.failed(reader.name, type(error).__name__)
    return _told(reading)


def _told(reading: Reading) -> Reading:
    if reading.problem:
        log.warning("reader %s: %s", reading.reader, reading.problem)
    return reading


def load_asking() -> Asking:
    """The prompt file. ValueError that names what is wrong."""
    try:
        said = yaml.safe_load(PROMPT_FILE.read_text(encoding="utf-8"))
        criteria = {str(name): Acuity(one["acuity"]) for name, one in said["criteria"].items()}
        asked = "\n".join(f"- {name}: {one['ask']}" for name, one in said["criteria"].items())
        return Asking(f"{said['system'].strip()}\nCriteria:\n{asked}", criteria)
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{PROMPT_FILE.name} cannot be read: {error}") from error
