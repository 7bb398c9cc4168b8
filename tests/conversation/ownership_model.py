"""A small model of who owns a conversation, written apart from the code that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace

NURSES = ("ada", "bob")
HARMLESS = ("thank you", "/restart", '/EXTERNAL_reminder{"a": 1}', "/ask_human", "/session_start", "你好")
ALARMING = "I have crushing chest pain and my left arm is numb"

Op = tuple[str, ...]
"""What somebody does: its name, then who or what."""


@dataclass(frozen=True)
class Model:
    """owners: who had it in each epoch, the present one last."""

    owner: str = "bot"
    nurse: str | None = None
    emergency: bool = False
    owners: tuple[str, ...] = ("bot",)

    @property
    def epoch(self) -> int:
        return len(self.owners) - 1

    def to(self, owner: str, nurse: str | None = None) -> Model:
        return replace(self, owner=owner, nurse=nurse, owners=(*self.owners, owner))

    def settled(self, owner: str) -> Model:
        return replace(self.to(owner), emergency=False)


def apply(model: Model, op: Op) -> Model:
    """What an act leads to; what is refused changes nothing."""
    match op:
        case ("say", text):
            spoken = model.to("bot") if model.owner == "closed" else model
            return _alarmed(spoken) if text == ALARMING else spoken
        case ("want_human",):
            return model.to("queue") if model.owner in ("bot", "closed") else model
        case ("leave",):
            return model.settled("bot") if model.owner == "queue" and not model.emergency else model
        case ("end",):
            return model.settled("closed") if model.owner != "closed" and not model.emergency else model
        case ("claim", nurse):
            return model.to("nurse", nurse) if model.owner == "queue" else model
        case ("hand_back", nurse):
            return model.settled("bot") if _has(model, nurse) else model
        case ("close", nurse):
            return model.settled("closed") if _has(model, nurse) else model
        case ("transfer", nurse, to):
            return model.to("queue") if _has(model, nurse) and nurse != to else model
        case ("lose", nurse):
            return model.to("queue") if _has(model, nurse) else model
    return model  # snoozing and a nurse's words change no owner


def _alarmed(model: Model) -> Model:
    raised = replace(model, emergency=True)
    return raised.to("queue") if model.owner == "bot" else raised


def _has(model: Model, nurse: str) -> bool:
    return model.owner == "nurse" and model.nurse == nurse
