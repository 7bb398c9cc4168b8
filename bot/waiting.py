"""From the settings to the rules of waiting, to who outside the desk is told, and to who writes summaries."""

from __future__ import annotations

import logging

import aiohttp

from bot.conversation.store import now_ms
from bot.handoff.clocks import Limits
from bot.handoff.hours import Hours, load_hours
from bot.handoff.mail import MailServer
from bot.handoff.outside import Outside
from bot.handoff.rules import Clock, HandoffRules
from bot.handoff.summary import Summariser
from bot.settings import Settings

log = logging.getLogger(__name__)


def handoff_rules(settings: Settings, clock: Clock = now_ms) -> HandoffRules:
    """The rules of waiting. Raises bot.triage.DataError for a mistake in the hours file."""
    hours = load_hours(settings.careline_hours)
    _warn_of_unreachable(hours, settings)
    limits = Limits(
        emergency=settings.queue_limit_emergency,
        urgent=settings.queue_limit_urgent,
        routine=settings.queue_limit_routine,
        second=settings.queue_second_alert,
        on_call=settings.queue_on_call,
    )
    return HandoffRules(
        region=settings.careline_region,
        hours=hours,
        limits=limits,
        lease=settings.desk_lease,
        reachable=frozenset(settings.on_call),
        clock=clock,
    )


def outside(settings: Settings) -> Outside:
    """Who outside the desk is told of what happens in the queue."""
    page = settings.careline_public_url or f"http://{settings.careline_host}:{settings.careline_port}"
    return Outside(
        desk=f"{page.rstrip('/')}/desk",
        lang=settings.notify_lang,
        webhook=settings.notify_webhook_url,
        secret=settings.notify_webhook_secret,
        mail_to=settings.notify_email_to,
        mail_server=_mail_server(settings),
        on_call=settings.on_call,
    )


def summariser(settings: Settings, session: aiohttp.ClientSession) -> Summariser | None:
    """Who writes summaries; None where no model is set for it."""
    if not settings.summary_url:
        return None
    key = settings.summary_api_key
    return Summariser(session, settings.summary_url, settings.summary_model, key, settings.summary_limit)


def _mail_server(settings: Settings) -> MailServer | None:
    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.smtp_from,
    )


def _warn_of_unreachable(hours: Hours, settings: Settings) -> None:
    for contact in sorted({team.on_call for team in hours.teams.values()} - set(settings.on_call)):
        log.warning("on-call contact '%s' has no address: set ON_CALL_CONTACTS", contact)
