"""Erasure on request: nothing of the conversation is left, and nothing late brings it back."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.conversation.connection import BLOCKING_TIMEOUT, Client, connect
from bot.conversation.entry import Entry
from bot.conversation.removal import ERASED, remove_for_good
from bot.conversation.store import WORK, Change, Conversations, MissingConversationError
from bot.conversation.tasks import end
from bot.conversation.worker import Worker
from bot.desk.audit import record as note
from bot.record.erasure import erase, held
from bot.record.projector import Projector
from bot.system.redis_server import find_redis_server
from tests.conftest import wait_for_redis
from tests.record.story import PATIENT_TEXT, Story, rows
from tests.record.traces import MARKERS, in_files, in_store, in_tables
from tests.support.running import free_ports

TEXT = f"{PATIENT_TEXT} {' '.join(MARKERS)}"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of the test's own that keeps its log and snapshots, as an operator's may."""
    port, folder = free_ports(1)[0], tmp_path / "redis"
    folder.mkdir()
    command = [str(find_redis_server()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--appendonly", "yes", "--appendfsync", "always", "--save", "3600 1"]
    process = subprocess.Popen([*command, "--logfile", str(tmp_path / "redis.log")])
    try:
        wait_for_redis(port, tmp_path / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
async def told(redis: Client, projector: Projector) -> Story:
    """A conversation with unmistakable words in all places: log, verdicts, note, unsent, dialogue, record."""
    story = await Story.begin(redis)
    await story.patient(TEXT)
    epoch = (await story.state()).epoch
    await story.patient(f"I have crushing chest pain, says {TEXT}")
    await story.bot(epoch=epoch)
    await story.claim()
    await redis.set(f"careline:rasa:{story.id}.0", TEXT)
    await projector.catch_up()
    await story.nurse(f"Dear {TEXT}")
    return story


async def test_no_store_and_no_file_holds_the_words_any_more(
    told: Story, redis: Client, engine: Engine, projector: Projector, redis_url: str, tmp_path: Path
) -> None:
    other = await Story.begin(redis)
    await other.whole()
    assert list(in_store(redis_url, MARKERS))
    assert list(in_tables(engine, MARKERS))
    assert list(in_files(tmp_path, MARKERS))

    was = await erase(redis, engine, [told.id], "test")
    assert (was[told.id].messages, was[told.id].live) == (5, True)
    await projector.catch_up()
    kept = [name for name in in_store(redis_url, MARKERS) if other.id not in name]
    assert kept == []
    engine.dispose()
    await erase(redis, engine, [other.id], "test")  # it says Quillfeather too
    assert list(in_store(redis_url, MARKERS)) == []
    assert list(in_tables(engine, MARKERS)) == []
    assert list(in_files(tmp_path, MARKERS)) == []


async def test_only_the_audit_and_the_tombstones_still_name_it(
    told: Story, redis: Client, engine: Engine, projector: Projector, redis_url: str
) -> None:
    await note(redis, "ada", "open", told.id)
    await erase(redis, engine, [told.id], "test")
    await projector.catch_up()
    assert {name.split(":")[1] for name in in_store(redis_url, [told.id])} == {"audit", "erased"}
    assert {name.split(":")[0] for name in in_tables(engine, [told.id])} == {"audit", "erased"}
    lines = rows(engine)["audit"]
    assert [(row["who"], row["action"], row["detail"]) for row in lines if row["conversation"] == told.id] == [
        ("ada", "open", ""),
        ("test", "erase", "messages 5"),
    ]


async def test_a_projector_that_read_it_a_moment_before_does_not_bring_it_back(
    told: Story, redis: Client, engine: Engine, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Projector._write

    def erased_first(self, *arguments):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(Projector, "_write", write)
        asyncio.run_coroutine_threadsafe(erase(redis, engine, [told.id], "test"), loop).result(30)
        return write(self, *arguments)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Projector, "_write", erased_first)
    await projector.catch_up()
    assert rows(engine)["messages"] == []
    assert rows(engine)["conversations"] == []


async def test_a_projector_between_the_two_stores_does_not_bring_it_back(
    told: Story, redis: Client, engine: Engine, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def project_then_remove(*arguments):  # type: ignore[no-untyped-def]
        await projector.catch_up()
        return await remove_for_good(*arguments)

    monkeypatch.setattr("bot.record.erasure.remove_for_good", project_then_remove)
    await erase(redis, engine, [told.id], "test")
    assert rows(engine)["messages"] == []


async def test_a_late_turn_and_a_late_message_find_no_conversation(
    told: Story, redis: Client, engine: Engine, redis_url: str, projector: Projector
) -> None:
    conversations, begun, go_on = Conversations(redis), asyncio.Event(), asyncio.Event()

    async def take(conversation: str, turn: str) -> None:
        begun.set()
        await go_on.wait()
        late = Entry(sender="bot", text=TEXT, lang="en").stamped(0)
        await conversations.change(conversation, lambda _now: Change(entries=(late,), done=turn))

    blocking = connect(redis_url, BLOCKING_TIMEOUT)
    worker = Worker(conversations, blocking, take, lease=0.4)
    running = asyncio.create_task(worker.run())
    story = await Story.begin(redis)
    await story.patient(TEXT)
    await asyncio.wait_for(begun.wait(), 5)
    await erase(redis, engine, [story.id], "test")
    go_on.set()
    with pytest.raises(MissingConversationError):
        await story.patient(TEXT)
    await asyncio.sleep(1)  # the lease runs out and nobody finds anything to take over
    await worker.stop()
    await end([running])
    await blocking.aclose()
    await projector.catch_up()
    assert await redis.xlen(WORK) == 0
    assert [name for name in in_store(redis_url, [story.id]) if "audit" not in name and ERASED not in name] == []
    assert {row["conversation"] for row in rows(engine)["messages"]} == {told.id}


async def test_erasing_again_completes_it(told: Story, redis: Client, engine: Engine, redis_url: str) -> None:
    await erase(redis, engine, [told.id], "test")
    await redis.set(f"careline:rasa:{told.id}.7", TEXT)
    assert (await held(redis, engine, [told.id]))[told.id].known
    await erase(redis, engine, [told.id], "test")
    assert list(in_store(redis_url, MARKERS)) == []


async def test_an_unknown_conversation_is_known_to_be_unknown(redis: Client, engine: Engine) -> None:
    assert not (await held(redis, engine, ["nobody"]))["nobody"].known
