"""`careline chat`: a patient's chat in the terminal, against the running server."""

from __future__ import annotations

import asyncio
import sys
import uuid
from typing import Annotated, Any

import aiohttp
import typer

_DIM, _RED, _BOLD, _PLAIN = "\x1b[2m", "\x1b[1;41;97m", "\x1b[1m", "\x1b[0m"


def chat(
    url: Annotated[str | None, typer.Option(help="Address of the chat server; by default the local one.")] = None,
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Chat as a patient would, with the server that runs.

    Type a message and Enter. /nurse asks for a nurse, /back returns to the assistant, Ctrl-D leaves.
    """
    from bot.settings import Settings

    settings = Settings()
    try:
        asyncio.run(_chat(url or f"http://{settings.careline_host}:{settings.careline_port}", lang))
    except aiohttp.ClientConnectorError:
        typer.echo(
            "No chat server answers there. Start Careline with `make run`, or give its address with --url.",
            err=True,
        )
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, EOFError):
        typer.echo()


async def _chat(url: str, lang: str) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{url}/api/conversations", json={"lang": lang}) as response:
            response.raise_for_status()
            keys = await response.json()
        async with http.ws_connect(f"{url}/api/patient/socket", heartbeat=20) as socket:
            await socket.send_json({"type": "hello", **keys, "since": None})
            reader = asyncio.create_task(_show(socket))
            try:
                await _type(socket)
            finally:
                reader.cancel()


async def _type(socket: aiohttp.ClientWebSocketResponse) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        text, frame_id = line.strip(), str(uuid.uuid4())
        if text == "/nurse":
            await socket.send_json({"type": "want_human", "id": frame_id})
        elif text == "/back":
            await socket.send_json({"type": "leave_queue", "id": frame_id})
        elif text:
            await socket.send_json({"type": "say", "id": frame_id, "text": text})
    await asyncio.sleep(0.2)  # input from a pipe ends at once: let the last acknowledgement come


async def _show(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for message in socket:
        for line in lines(message.json()):
            typer.echo(line)
    typer.echo(f"{_DIM}The connection was closed.{_PLAIN}")


def lines(frame: dict[str, Any]) -> list[str]:
    """What a frame of the server looks like in a terminal."""
    match frame:
        case {"type": "welcome", "contacts": [first, *_]}:
            return [f"{_DIM}In an emergency: {first['label']}. Type your message.{_PLAIN}"]
        case {"type": "entry", "entry": {"from": "patient"}}:
            return []
        case {"type": "entry", "entry": entry}:
            return _entry(entry)
        case {"type": "unsaved_advice", "text": text}:
            return [f"{_RED} {text} {_PLAIN}"]
        case {"type": "error", "message": text}:
            return [f"{_DIM}{text}{_PLAIN}"]
        case {"type": "state", "position": int(position)}:
            return [f"{_DIM}Waiting for a nurse, number {position} in the queue.{_PLAIN}"]
    return []


def _entry(entry: dict[str, Any]) -> list[str]:
    if entry["kind"] == "advice":
        numbers = "   ".join(c["label"] for c in entry["advice"]["contacts"])
        return [f"{_RED} {entry['text']} {_PLAIN}", f"{_BOLD}{numbers}{_PLAIN}"]
    who = entry.get("author") or {"bot": "Careline", "system": "·"}.get(entry["from"], entry["from"])
    shown = [f"{_BOLD}{who}{_PLAIN} {entry['text']}"]
    for citation in (entry.get("answer") or {}).get("citations") or ():
        licence = f"  ({citation['licence']})" if citation.get("licence") else ""
        shown.append(f"{_DIM}  [{citation['n']}] {citation['title']}  {citation['url']}{licence}{_PLAIN}")
    shown += [f"{_DIM}  › {button['title']}{_PLAIN}" for button in entry.get("buttons", ())]
    return shown
