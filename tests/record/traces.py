"""Searches everything that a Careline keeps for words: files, keys, tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import redis
import yaml
from sqlalchemy import Engine

from tests.record.story import rows

MARKERS: list[str] = yaml.safe_load((Path(__file__).parent / "markers.yml").read_text("utf-8"))


def spellings(word: str) -> set[bytes]:
    """The word as UTF-8, as JSON escapes it, and as an escaped JSON within a JSON has it."""
    once = json.dumps(word)[1:-1]
    return {word.encode(), once.encode(), json.dumps(once)[1:-1].encode()}


def in_files(folder: Path, words: Sequence[str]) -> Iterator[str]:
    """`file: word` for every file below the folder (links to prepared models left out) that holds one of the words."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(each.is_symlink() for each in (path, *path.parents) if folder in each.parents):
            yield from (f"{path}: {word}" for word in _in(path.read_bytes(), words))


def in_store(url: str, words: Sequence[str]) -> Iterator[str]:
    """`key: word` for every key of the store whose name or value holds one of the words."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter("*", count=1000):
            value = b"\n".join((key, *_bytes(_value(client, key))))
            yield from (f"{key.decode()}: {word}" for word in _in(value, words))


def in_tables(engine: Engine, words: Sequence[str]) -> Iterator[str]:
    """`table: word` for every row of the record that holds one of the words."""
    for name, found in rows(engine, without=()).items():
        for row in found:
            yield from (f"{name}: {word}" for word in _in(json.dumps(row, ensure_ascii=False).encode(), words))


def _in(content: bytes, words: Sequence[str]) -> Iterator[str]:
    return (word for word in words if any(spelling in content for spelling in spellings(word)))


def _value(client: redis.Redis, key: bytes) -> object:
    match client.type(key):
        case b"hash":
            return client.hgetall(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"stream":
            return client.xrange(key)
        case b"zset":
            return client.zrange(key, 0, -1)
        case b"set":
            return client.smembers(key)
        case _:
            return client.get(key)


def _bytes(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _bytes(pair)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _bytes(each)
