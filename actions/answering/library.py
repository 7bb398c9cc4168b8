"""What an operator imported: documents with their passages in one SQLite file, beside the repository's own pages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from .topic import Passage, Topic
from .word_index import topic_keys
from .words import Lexicon

FILE = "imported.sqlite"
_VERSION = 1
_SCHEMA = """
CREATE TABLE collections (name TEXT PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL, whole INTEGER NOT NULL);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, collection TEXT NOT NULL REFERENCES collections ON DELETE CASCADE, key TEXT NOT NULL,
  digest TEXT NOT NULL, lang TEXT NOT NULL, region TEXT NOT NULL, title TEXT NOT NULL, aliases TEXT NOT NULL,
  url TEXT NOT NULL, source TEXT NOT NULL, licence TEXT NOT NULL, UNIQUE (collection, key));
CREATE TABLE passages (
  document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
  heading TEXT NOT NULL, text TEXT NOT NULL, keys TEXT NOT NULL, PRIMARY KEY (document, number)) WITHOUT ROWID;
CREATE TABLE words_of (lang TEXT PRIMARY KEY, lexicon TEXT NOT NULL);
"""
_PATIENCE = 15.0
_TOPICS = """
SELECT d.id, d.collection, d.key, d.region, d.title, d.aliases, d.url, d.source, d.licence,
       p.number, p.heading, p.text
FROM documents d JOIN passages p ON p.document = d.id WHERE d.lang = ? ORDER BY d.id, p.number
"""


class LibraryError(Exception):
    """The file cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Stored:
    """One document as it is kept: what is said of it, and its passages as (heading, text)."""

    key: str
    digest: str
    lang: str
    region: str
    title: str
    aliases: tuple[str, ...]
    url: str
    source: str
    licence: str
    passages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Holding:
    """One collection and how much it holds. `whole` is False while its import has not come to its end."""

    name: str
    kind: str
    path: str
    whole: bool
    documents: int
    passages: int


class Library:
    """The imported documents. One process writes at a time; readers are not disturbed."""

    def __init__(self, connection: sqlite3.Connection, lexicons: Mapping[str, Lexicon]) -> None:
        self._db = connection
        self._lexicons = lexicons

    # reading

    def hold_still(self) -> None:
        """What is read from now on is of one moment, whatever an import does meanwhile."""
        self._db.execute("BEGIN")

    def topics(self, lang: str) -> list[Topic]:
        """Every document of a language as a topic, the oldest first."""
        return [topic for _, topic in self._documents(lang)]

    def keys(self, lang: str) -> Iterator[list[str]]:
        """What each passage of a language is found by, in the order of `topics`."""
        query = """
            SELECT p.keys FROM documents d JOIN passages p ON p.document = d.id
            WHERE d.lang = ? ORDER BY d.id, p.number"""
        return (row[0].split(" ") for row in self._db.execute(query, (lang,)))

    def digests(self, collection: str) -> dict[str, str]:
        """The digest of every document of a collection by its key."""
        rows = self._db.execute("SELECT key, digest FROM documents WHERE collection = ?", (collection,))
        return dict(rows.fetchall())

    def holdings(self) -> list[Holding]:
        """All collections."""
        query = """
            SELECT c.name, c.kind, c.path, c.whole, count(DISTINCT d.id), count(p.number)
            FROM collections c LEFT JOIN documents d ON d.collection = c.name LEFT JOIN passages p ON p.document = d.id
            GROUP BY c.name ORDER BY c.name"""
        return [Holding(n, k, p, bool(w), d, s) for n, k, p, w, d, s in self._db.execute(query)]

    # writing: each call is kept once `commit` was called

    def begin(self, collection: str, kind: str, path: str) -> None:
        """A collection is about to be filled or brought up to date."""
        self._db.execute(
            "INSERT INTO collections VALUES (?, ?, ?, 0) "
            "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, path = excluded.path, whole = 0",
            (collection, kind, path),
        )

    def put(self, collection: str, document: Stored) -> None:
        """Keep a document in place of the one of the same key."""
        self.drop(collection, [document.key])
        told = (
            collection, document.key, document.digest, document.lang, document.region, document.title,
            json.dumps(document.aliases, ensure_ascii=False), document.url, document.source, document.licence,
        )  # fmt: skip
        new = self._db.execute(f"INSERT INTO documents VALUES (NULL{', ?' * len(told)})", told).lastrowid  # noqa: S608
        self._db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            [
                (new, number, heading, text, " ".join(keys))
                for number, ((heading, text), keys) in enumerate(
                    zip(document.passages, self._keys_of(document), strict=True), 1
                )
            ],
        )

    def drop(self, collection: str, keys: Iterable[str]) -> None:
        """Let documents go."""
        rows = [(collection, key) for key in keys]
        self._db.executemany("DELETE FROM documents WHERE collection = ? AND key = ?", rows)

    def finish(self, collection: str) -> None:
        """The import of a collection came to its end."""
        self._db.execute("UPDATE collections SET whole = 1 WHERE name = ?", (collection,))

    def remove(self, collection: str) -> bool:
        """Let a whole collection go. False when there is none of that name."""
        return bool(self._db.execute("DELETE FROM collections WHERE name = ?", (collection,)).rowcount)

    def commit(self) -> None:
        """Keep what was written."""
        self._db.commit()

    # the words of the passages

    def fresh(self, lang: str) -> bool:
        """Whether the stored keys were made with today's synonyms and overlooked words."""
        row = self._db.execute("SELECT lexicon FROM words_of WHERE lang = ?", (lang,)).fetchone()
        return row is not None and bool(row[0] == self._lexicons[lang].fingerprint)

    def refresh(self) -> None:
        """Make the keys anew where the synonyms or overlooked words changed since."""
        for lang, lexicon in self._lexicons.items():
            if self.fresh(lang):
                continue
            for document, topic in list(self._documents(lang)):
                keys = enumerate(topic_keys(topic, lexicon), 1)
                rows = [(" ".join(own), document, number) for number, own in keys]
                self._db.executemany("UPDATE passages SET keys = ? WHERE document = ? AND number = ?", rows)
            self._db.execute("INSERT OR REPLACE INTO words_of VALUES (?, ?)", (lang, lexicon.fingerprint))
        self.commit()

    def _documents(self, lang: str) -> Iterator[tuple[int, Topic]]:
        for document, rows in groupby(self._db.execute(_TOPICS, (lang,)), key=lambda row: int(row[0])):
            yield document, _topic(lang, list(rows))

    def _keys_of(self, document: Stored) -> list[list[str]]:
        passages = tuple(
            Passage("", "", document.lang, "", document.title, heading, text, "", "", "")
            for heading, text in document.passages
        )
        topic = Topic(document.title, "", document.lang, document.aliases, "", passages)
        return topic_keys(topic, self._lexicons[document.lang])


@contextmanager
def opened(folder: Path, lexicons: Mapping[str, Lexicon]) -> Iterator[Library]:
    """The library of a folder, made where there is none. LibraryError when the file is of another kind or version."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / FILE, timeout=_PATIENCE)
    try:
        _prepare(connection, folder / FILE)
        yield Library(connection, lexicons)
    except sqlite3.DatabaseError as problem:
        raise LibraryError(f"{folder / FILE} cannot be used ({problem}): import into another folder.") from problem
    finally:
        connection.close()


def there(folder: Path) -> bool:
    """Whether anything was ever imported into a folder."""
    return (folder / FILE).exists()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, _VERSION):
        raise LibraryError(f"{path} was written by another version of Careline: remove it and import again.")
    if version == 0:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")


def _topic(lang: str, rows: list[Any]) -> Topic:
    _, collection, key, region, title, aliases, url, source, licence = rows[0][:9]
    name = f"{collection}:{key}"
    passages = tuple(
        Passage(f"{name}#{number}", name, lang, region, title, heading, text, source, url, "", True, licence)
        for *_, number, heading, text in rows
    )
    return Topic(title, name, lang, tuple(json.loads(aliases)), "", passages)
