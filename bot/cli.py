"""The `careline` command. A subcommand's code is imported when it is called, so that the others need not wait."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = ("up", "doctor", "restart", "chat", "screen", "ask", "nurse", "knowledge", "record", "evaluate", "hazards")
"""Each is the function of that name in bot/commands/<name>.py, or the group of commands `<name>_app` in it."""


class Subcommands(TyperGroup):
    """The group of all subcommands, in the order above."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them, or None when there is none of that name."""
        return _load(cmd_name) if cmd_name in COMMANDS else None


def _load(name: str) -> Any:
    module = importlib.import_module(f"bot.commands.{name}")
    group = getattr(module, f"{name}_app", None)
    if group is None:
        group = typer.Typer(add_completion=False)
        group.command(name)(getattr(module, name))
    command = get_command(group)
    command.name = name
    return command


app = typer.Typer(cls=Subcommands, no_args_is_help=True, add_completion=False)


@app.callback()
def careline(context: typer.Context) -> None:
    """Careline answers patients from reviewed sources, and hands whoever is at risk to a nurse.

    Start with `careline up`; every other command talks to the Careline that was started last on the same state
    folder (CARELINE_STATE), unless the environment names other addresses.
    """
    from bot.system.environment import adopt_running

    if context.invoked_subcommand != "up":
        root = Path(__file__).resolve().parents[1]
        adopt_running(root / (os.environ.get("CARELINE_STATE") or ".careline"))


if __name__ == "__main__":
    app()
