"""The note in prose, where the operator has set a larger model: shown only as far as it keeps to the facts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bot.handoff.faithful import sentences, supported
from bot.handoff.sbar import Note

log = logging.getLogger(__name__)

_LONGEST = 6
_ORDER = {
    "en": "You write hand-over notes for nurses. Put these facts into at most four short English sentences. Use only "
    "the words of the facts. Add nothing, advise nothing, leave out what you are not sure of.",
    "zh": "你为护士写交接摘要。把下面的事实写成最多四个简短的中文句子。只用事实中的词语。"
    "不添加、不建议，不确定的不写。",
}


@dataclass(frozen=True, slots=True)
class Summariser:
    """An OpenAI-compatible server. `limit`: seconds to wait for it."""

    session: aiohttp.ClientSession
    url: str
    model: str
    key: str
    limit: float

    async def write(self, note: Note, words: Sequence[str], lang: str) -> list[str]:
        """The sentences that hold; none where the server is slow or away, or nothing holds.

        `words`: what the patient wrote, which counts as fact too.
        """
        facts = [line for lines in note.lines for line in lines]
        body = {
            "model": self.model, "temperature": 0, "max_tokens": 300,
            "messages": [{"role": "system", "content": _ORDER[lang]}, {"role": "user", "content": "\n".join(facts)}],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            async with self.session.post(
                f"{self.url.rstrip('/')}/chat/completions", json=body, headers=headers,
                timeout=aiohttp.ClientTimeout(total=self.limit),
            ) as response:  # fmt: skip
                response.raise_for_status()
                text = str((await response.json())["choices"][0]["message"]["content"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, IndexError, TypeError) as error:
            log.warning("no summary (%s)", type(error).__name__)
            return []
        written = sentences(text)[:_LONGEST]
        kept = [sentence for sentence in written if supported(sentence, [*facts, *words])]
        if len(kept) < len(written):
            log.info("summary: %d of %d sentences kept", len(kept), len(written))
        return kept
