"""The sockets of this process: the one it listens on, and every open WebSocket, to be closed with a reason."""

from __future__ import annotations

import asyncio
import os
import socket
import weakref

from aiohttp import WSCloseCode, web

_GOODBYE = 2.0
"""Seconds that clients get to answer the goodbye."""


def inherited_socket() -> socket.socket | None:
    """The listening socket that the process manager handed over as standard input; None when there is none."""
    try:
        found = socket.socket(fileno=os.dup(0))
    except OSError:  # standard input is closed or no socket
        return None
    if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return found
    found.close()
    return None


class OpenSockets:
    """Knows a socket from the moment it is prepared until it is forgotten by everybody else."""

    def __init__(self) -> None:
        self._open: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()
        self._leaving = False

    async def note(self, _request: web.Request, response: web.StreamResponse) -> None:
        """A signal of aiohttp, sent when a response is prepared. Nobody new is taken in while all are sent away."""
        if isinstance(response, web.WebSocketResponse):
            if self._leaving:
                raise web.HTTPServiceUnavailable
            self._open.add(response)

    async def send_away(self) -> None:
        """Close all as "service restart": widget and desk connect again at once, to whoever listens by then."""
        self._leaving = True
        closing = [asyncio.create_task(_close(each)) for each in self._open]
        if closing:
            _, late = await asyncio.wait(closing, timeout=_GOODBYE)
            for task in late:
                task.cancel()


async def _close(open_socket: web.WebSocketResponse) -> None:
    await open_socket.close(code=WSCloseCode.SERVICE_RESTART, message=b"restarting")
