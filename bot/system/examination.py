"""What `careline doctor` looks at. Each check yields findings that say how to mend what is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from redis.asyncio import Redis

from bot.conversation.words_reader import WordsReader
from bot.settings import WORDS_FILE
from bot.system import content, preflight
from bot.system.health import redis_answers
from bot.system.programs import Program, programs
from bot.system.redis_server import find_redis_server
from bot.system.settings import ROOT, SystemSettings, without_password
from bot.system.start import last_line
from bot.system.supervision import Supervisor, memory

WELL, WARNING, WRONG = 0, 1, 2
LEAST_FREE = 2.0
"""GB of free disk below which the doctor warns."""
FAR_BEHIND = 10_000
"""Changes that the record may be behind before the doctor warns."""
MEMORY_LIMIT = 3_000
"""MB that the whole system is meant to stay under with the models it ships."""


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `severity` is WELL, WARNING or WRONG."""

    severity: int
    text: str


def parts(settings: SystemSettings) -> Iterator[Finding]:
    """Environments, front end, weights, dialogue model: there, and made of today's sources."""
    from deploy.bootstrap import environments, frontend

    missing = list(preflight.missing_parts(settings))
    yield from (Finding(WRONG, sentence) for sentence in missing)
    if find_redis_server() is None and settings.own_redis is None:
        yield Finding(WRONG, "There is no redis-server: run `make setup`, or name your own with REDIS_URL.")
    for kind in (environments.MODERN, environments.DIALOGUE):
        if kind.python.exists() and not kind.ready():
            yield Finding(WARNING, f"{kind.folder.name} is not what {kind.lock.name} lists: run `make setup`.")
    if preflight.BUILT.is_dir() and not frontend.ready():
        yield Finding(WARNING, "The front end's sources changed since it was built: run `make setup`.")
    if not missing and not _model_is_fresh(settings):
        yield Finding(WARNING, "The dialogue changed since its model was trained: run `make setup`.")
    if not missing:
        yield Finding(WELL, "Environments, front end, weights and dialogue model are there")


def _model_is_fresh(settings: SystemSettings) -> bool:
    from bot.nlu.train import FINGERPRINT, fingerprint, inputs

    stored = settings.state / "rasa" / FINGERPRINT
    return stored.exists() and stored.read_text().strip() == fingerprint(ROOT, inputs(ROOT))


def content_files() -> Iterator[Finding]:
    """Triage content, knowledge pages, Rasa's training data."""
    problems = list(content.problems()) or list(content.meaning())
    yield from (Finding(WRONG, problem) for problem in problems)
    if not problems:
        yield Finding(WELL, "All content files can be read")


def safety(settings: SystemSettings) -> Iterator[Finding]:
    """Settings that decide what patients are told, and files that only their owner may read."""
    if region := os.environ.get("CARELINE_REGION"):
        yield Finding(WELL, f"Emergency numbers are those of {region}")
    else:
        yield Finding(
            WARNING,
            "CARELINE_REGION is not set, so emergency numbers follow the patient's language (en: GB, zh: CN): "
            "set it before a patient uses Careline.",
        )
    if problem := WordsReader.load(Path(os.environ.get("WORDS_READER") or WORDS_FILE)).problem:
        yield Finding(WRONG, f"The reader by words says nothing: {problem}. Fetch the file again from the repository.")
    private = (settings.secrets_file, settings.first_login_file, settings.environment_file)
    for path in private:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(WRONG, f"Others can read {path}: run `chmod 600 {path}`.")
    if settings.first_login_file.exists():
        yield Finding(
            WARNING, f"The first password is still kept in {settings.first_login_file}: note it and remove the file."
        )


def disk(settings: SystemSettings) -> Iterator[Finding]:
    """Room for the conversations' log."""
    try:
        preflight.check_state(settings)
    except preflight.Problem as problem:
        yield Finding(WRONG, str(problem))
        return
    free = preflight.free_gigabytes(settings.state)
    severity = WELL if free > LEAST_FREE else WARNING
    yield Finding(severity, f"{free:.1f} GB free for {settings.state}" + ("" if free > LEAST_FREE else ": make room."))


def processes(settings: SystemSettings, env: Mapping[str, str]) -> Iterator[Finding]:
    """Every process if Careline runs; else whether its ports are free."""
    supervisor = Supervisor(settings)
    expected = programs(settings, env, find_redis_server())
    if not supervisor.answers():
        yield Finding(WARNING, f"Careline is not running on {settings.state}: start it with `make run`.")
        try:
            preflight.check_ports(expected)
        except preflight.Problem as problem:
            yield Finding(WRONG, str(problem))
        return
    states, total = supervisor.states(), 0
    for program in expected:
        info = states.get(program.name, {})
        megabytes = _megabytes(info.get("pid", 0))
        total += megabytes
        yield _process(settings, program, str(info.get("statename", "missing")), megabytes)
    if settings.own_redis:
        yield _own_redis(settings.own_redis)
    light = total < MEMORY_LIMIT
    yield Finding(WELL if light else WARNING, f"All processes together: {total:,} MB in memory")


def _process(settings: SystemSettings, program: Program, state: str, megabytes: int) -> Finding:
    if state in ("RUNNING", "STARTING") and program.healthy():
        place = f"port {program.port}, " if program.port else ""
        return Finding(WELL, f"The {program.title} is well ({place}{megabytes:,} MB)")
    log = settings.logs / f"{program.name}.log"
    what = f"does not answer on port {program.port}" if program.port else "shows no sign of life"
    return Finding(
        WRONG,
        f'The {program.title} {what} ({state}), its last words: "{last_line(log)}"; see {log}.',
    )


def _own_redis(url: str) -> Finding:
    if redis_answers(url):
        return Finding(WELL, f"Redis answers at {without_password(url)}")
    return Finding(WRONG, f"No Redis answers at REDIS_URL ({without_password(url)}): start it, or correct REDIS_URL.")


def _megabytes(pid: int) -> int:
    try:
        return round(memory(psutil.Process(pid)) / 1e6) if pid else 0
    except psutil.Error:
        return 0


async def record(redis_url: str) -> list[Finding]:
    """Whether conversations reach the record (only while the store runs)."""
    from bot.record.status import following

    try:
        async with Redis.from_url(redis_url, decode_responses=True) as client:
            now = await following(client)
    except (redis.RedisError, OSError):
        return []
    if now.well and now.behind < FAR_BEHIND:
        return [Finding(WELL, f"The record is followed ({now.behind:,} changes behind)")]
    return [
        Finding(
            WARNING,
            f"The record's database is {now.database}, {now.behind:,} changes wait for it: patients and nurses notice "
            "nothing; see `careline record status` and the log of the process `record`.",
        )
    ]


async def nurses(redis_url: str) -> list[Finding]:
    """Whether somebody can open the desk (only while the store runs)."""
    from bot.desk.accounts import Accounts

    try:
        async with Redis.from_url(redis_url, decode_responses=True) as client:
            able = [nurse for nurse in await Accounts(client).list() if not nurse.disabled]
    except (redis.RedisError, OSError):
        return []
    if able:
        return [Finding(WELL, f"{len(able)} nurse account{'s' * (len(able) > 1)} can open the desk")]
    return [Finding(WRONG, "No nurse can open the desk: make an account with `careline nurse add`.")]
