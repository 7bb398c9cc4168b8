"""The house's import rules (docs/architecture.md, "The rooms"), read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("bot", "actions", "models", "deploy")
STARTED_BARE = "deploy/bootstrap"
"""Set-up runs before any environment exists; outside itself it knows only the terminal's lines."""

MAY_KNOW = {
    "bot/triage": (),
    "bot/conversation": ("bot.triage",),
    "bot/handoff": ("bot.triage", "bot.conversation"),
    "bot/channels": ("bot.triage", "bot.conversation", "bot.handoff"),
    "bot/desk": ("bot.triage", "bot.conversation", "bot.handoff"),
    "bot/record": ("bot.triage", "bot.conversation", "bot.desk.audit"),
    "bot/nlu": ("bot.triage",),
    "bot/training": ("bot.triage", "bot.conversation.words_reader", "bot.settings", "models.reader"),
    "actions": ("bot.triage",),
    "models": (),
    STARTED_BARE: ("bot.system.terminal",),
}


@pytest.mark.parametrize("room", MAY_KNOW)
def test_a_room_imports_only_what_it_may_know(room: str) -> None:
    own = room.replace("/", ".")
    allowed = (own, *MAY_KNOW[room])
    files = list((ROOT / room).rglob("*.py"))
    assert files
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files
        for line, name in imports(path)
        if name.split(".")[0] in OURS and not any(name == each or name.startswith(f"{each}.") for each in allowed)
    ]
    assert broken == []


def test_triage_is_pure() -> None:
    """No network, no store, no clock, no threads: the screen is a function of the text."""
    impure = {
        "asyncio",
        "aiohttp",
        "redis",
        "socket",
        "http",
        "urllib",
        "requests",
        "subprocess",
        "random",
        "threading",
    }
    used = {name.split(".")[0] for path in (ROOT / "bot/triage").rglob("*.py") for _, name in imports(path)}
    assert used & impure == set()


def test_only_the_model_server_knows_torch() -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "peft"}
    elsewhere = [
        str(path.relative_to(ROOT))
        for room in ("bot", "actions", "deploy")
        for path in (ROOT / room).rglob("*.py")
        for _, name in imports(path)
        if name.split(".")[0] in heavy
    ]
    assert elsewhere == []


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything a file imports, wherever in the file it does so."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module in OURS or node.module is None:  # `from bot import desk` is an import of bot.desk
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module
