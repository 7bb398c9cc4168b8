"""One simulated patient: chats, asks, falls ill, wants a human, loses the line, has two screens open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable

import aiohttp

from tests.faults.evidence import Frame, PatientSaw, Said, Wait
from tests.support.patient import Patient

SMALL_TALK = (
    "hello", "thank you", "are you a robot?", "when are you open?", "how do I make an appointment?",
    "when can I visit my mother?", "where is the eye clinic?", "你好", "谢谢", "几点开门？", "怎么预约？",
)  # fmt: skip
QUESTIONS = ("What helps against a sore throat?", "How much should I drink with a fever?", "发烧的时候应该怎么办？")
EMERGENCIES = ("I have crushing chest pain and my left arm is numb", "我爸突然说话不清楚，右边手脚没力气")
KINDS = {"chat": 0.72, "question": 0.08, "emergency": 0.12, "want_human": 0.08}
TEXTS = {"chat": SMALL_TALK, "question": QUESTIONS, "emergency": EMERGENCIES}


class SimulatedPatient(Patient):
    """A patient whose whole life is written down in `saw`."""

    def __init__(self, url: str, http: aiohttp.ClientSession, chance: random.Random) -> None:
        super().__init__(url, http)
        self._chance = chance
        self._line = False
        self._turns: dict[str, str] = {}
        self._mistaken: set[asyncio.Task[None]] = set()
        self.saw = PatientSaw("")

    async def begin(self) -> None:
        """Start a conversation, however often the server has to be asked."""
        while not self.keys:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                await self.open(self._chance.choice(("en", "zh")))
            await asyncio.sleep(0.3)
        self.saw.conversation = self.conversation

    async def live(self, messages: int, pause: float, over: Callable[[], bool]) -> None:
        """Say that many things, `pause` seconds apart on average, with all that can happen on a patient's side."""
        for _ in range(messages):
            await asyncio.sleep(self._chance.expovariate(1 / pause))
            if over():
                return
            await self._speak(self._chance.choices(list(KINDS), list(KINDS.values()))[0])
            if self._chance.random() < 0.3:
                await self._repeat()
            if self._chance.random() < 0.1:
                await self.drop()

    async def rest(self, within: float) -> None:
        """Until everything that was said is acknowledged, or `within` seconds have passed."""
        with contextlib.suppress(TimeoutError):
            await self.until(lambda: not self.unsent, within)
        await asyncio.gather(*self._mistaken)
        self.saw.acknowledged = dict(self.acknowledged)
        self.saw.shown = list(self.entries)

    async def _speak(self, kind: str) -> None:
        frame = {"type": "say", "id": f"{self._chance.getrandbits(96):024x}"}
        if kind == "want_human":
            frame["type"] = "want_human"
        else:
            frame["text"] = self._chance.choice(TEXTS[kind])
        said = self.saw.said[frame["id"]] = Said(frame["id"], time.monotonic(), kind)
        if kind == "emergency" and self._line:
            said.waits.append(Wait(said.at))
        await self.post(frame)

    async def _repeat(self) -> None:
        """The same again: on this connection, or on a second screen that has it in its outbox too."""
        if self._chance.random() < 0.5:
            async with self._sending:
                for frame in self.unsent:
                    await self._transmit(frame)
        else:
            task = asyncio.create_task(self._second_screen(self.unsent, self._chance.uniform(0.5, 4)))
            self._mistaken.add(task)
            task.add_done_callback(self._mistaken.discard)

    async def _second_screen(self, outbox: list[Frame], seconds: float) -> None:
        seen: list[Frame] = []
        self.saw.other_screens.append(seen)
        with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
            async with self._http.ws_connect(f"{self._url}/api/patient/socket") as socket, asyncio.timeout(seconds):
                await socket.send_json({"type": "hello", **self.keys, "since": None})
                while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    frame = json.loads(message.data)
                    if frame["type"] == "welcome":
                        for said in outbox:
                            await socket.send_json(said)
                    elif frame["type"] == "entry":
                        seen.append(frame["entry"])

    # what the widget's code tells of itself

    async def _connected(self) -> None:
        self._line, now = True, time.monotonic()
        for frame in self.unsent:
            if self._is_unadvised(frame["id"]):
                self.saw.said[frame["id"]].waits.append(Wait(now))

    def noticed(self, frame: Frame) -> None:
        if frame["type"] == "unsaved_advice":
            self._advised(frame["id"])
        elif frame["type"] == "entry":
            self._look_at(frame["entry"])

    def _look_at(self, entry: Frame) -> None:
        if entry["from"] == "patient":
            self._turns[entry["id"]] = entry["client_id"]
        elif entry["kind"] == "advice" or entry.get("notice") == "still_emergency":
            self._advised(self._turns.get(entry["turn"], ""))

    def lost(self) -> None:
        self._line = False
        for said in self.saw.said.values():
            if said.waits and said.waits[-1].ended is None:
                said.waits[-1].ended = time.monotonic()

    def _advised(self, client_id: str) -> None:
        said = self.saw.said.get(client_id)
        if said and said.waits and not said.waits[-1].advised:
            said.waits[-1].ended, said.waits[-1].advised = said.waits[-1].ended or time.monotonic(), True

    def _is_unadvised(self, client_id: str) -> bool:
        said = self.saw.said.get(client_id)
        return said is not None and said.kind == "emergency" and not any(wait.advised for wait in said.waits)
