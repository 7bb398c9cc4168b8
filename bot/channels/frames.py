"""Frames of the web channel: JSON objects in text messages (docs/protocol.md)."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.conversation.entry import Entry, entry_order
from bot.triage import region_contacts

Frame = dict[str, Any]


def read_frame(text: object) -> Frame:
    """The frame in a message's data. ValueError, with words for the sender, when it is none."""
    if not isinstance(text, str):
        raise ValueError("Frames are JSON text.")
    try:
        frame = json.loads(text)
    except ValueError:
        raise ValueError("The frame is not JSON.") from None
    if not isinstance(frame, dict):
        raise ValueError("The frame is not a JSON object.")
    return frame


def button_of(frame: Frame) -> tuple[str, int] | None:
    """The button that a frame says was pressed: the entry that offered it, and its place there."""
    match frame.get("button"):
        case {"entry": str(entry), "index": int(index)}:
            try:
                entry_order(entry)
            except ValueError:
                return None
            return entry, index
    return None


async def send(socket: web.WebSocketResponse, **frame: object) -> None:
    """Send one frame."""
    await socket.send_str(json.dumps(frame, ensure_ascii=False))


def contacts_of(region: str | None, lang: str) -> list[dict[str, str]]:
    """The numbers to call of a region (unset: the language's), as frames carry them."""
    return [{"label": contact.label, "number": contact.number} for contact in region_contacts(region, lang)]


async def send_error(socket: web.WebSocketResponse, code: str, message: str, frame_id: object = None) -> None:
    """Tell what is wrong, with the frame that it is about, if any."""
    about = {} if frame_id is None else {"id": frame_id}
    await send(socket, type="error", code=code, message=message, **about)


async def send_unsaved(socket: web.WebSocketResponse, advice: Entry) -> None:
    """Show advice on a message that is not stored yet."""
    await send(socket, type="unsaved_advice", id=advice.client_id, text=advice.text, advice=advice.advice)
