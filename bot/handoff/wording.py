"""An event in words, for an e-mail. Nothing in it comes from the patient."""

from __future__ import annotations

from bot.handoff.events import Event

_ACUITY = {
    "en": {"emergency": "EMERGENCY", "urgent": "Urgent", "routine": "Routine", "self_care": "Routine"},
    "zh": {"emergency": "危急", "urgent": "紧急", "routine": "常规", "self_care": "常规"},
}
_KINDS = {
    "en": {
        "first_alert": "waiting too long",
        "second_alert": "still waiting, second alert",
        "on_call": "still waiting, you are on call",
        "nobody_there": "nobody is at the desk, you are on call",
        "nurse_lost": "lost its nurse and waits again",
        "unanswered": "waits for its nurse's answer too long",
    },
    "zh": {
        "first_alert": "等候超时",
        "second_alert": "仍在等候（第二次提醒）",
        "on_call": "仍在等候，请值班人员处理",
        "nobody_there": "无护士在线，请值班人员处理",
        "nurse_lost": "护士连接中断，重新等候",
        "unanswered": "等候护士回复超时",
    },
}
_LINES = {
    "en": ("Waiting for: {waited}", "Rules: {rules}", "Open it at the desk: {link}"),
    "zh": ("已等候：{waited}", "规则：{rules}", "在工作台打开：{link}"),
}
_NONE = {"en": "none", "zh": "无"}


def subject(event: Event, lang: str) -> str:
    """One line: how urgent, and what happened."""
    return f"Careline: {_ACUITY[lang][event['acuity']]}, {_KINDS[lang][event['kind']]}"


def body(event: Event, lang: str, link: str) -> str:
    """The rest: how long, which rules, where to open it."""
    rules = "; ".join(_title(title, lang) for title in event["rules"]) or _NONE[lang]
    facts = {"waited": _waited(event["waited"], lang), "rules": rules, "link": link}
    return "\n".join([subject(event, lang), "", *(line.format(**facts) for line in _LINES[lang]), ""])


def _title(title: object, lang: str) -> str:
    return str(title[lang] if isinstance(title, dict) else title)


def _waited(seconds: int, lang: str) -> str:
    minutes = seconds // 60
    if lang == "zh":
        return f"{minutes} 分钟" if minutes else f"{seconds} 秒"
    return f"{minutes} min" if minutes else f"{seconds} s"
