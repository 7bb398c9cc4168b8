"""One pool of connections per event loop, made when it is first needed: the pipeline is built before any loop runs."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

import aiohttp


class Http:
    """Hands out the client session of the running loop."""

    def __init__(self) -> None:
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()

    def session(self) -> aiohttp.ClientSession:
        """The running loop's session."""
        loop = asyncio.get_running_loop()
        found = self._sessions.get(loop)
        if found is None or found.closed:
            found = self._sessions[loop] = aiohttp.ClientSession()
        return found

    async def close(self) -> None:
        """Close the running loop's session."""
        found = self._sessions.pop(asyncio.get_running_loop(), None)
        if found is not None:
            await found.close()
