"""Brings a collection of the library up to date with its source: what did not change is left alone."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from actions.answering.library import Library, Stored
from actions.answering.words import language_of, sentences

from .document import BadInput, Document, Item
from .kinds import Kind
from .prose import passages, too_long

_FORMAT = 1
"""Raised when the way from a document to its passages changes, so that all are made anew."""
_COMMIT_AFTER = 1.0
"""Seconds of work that a kill may cost."""
_ENGLISH, _CHINESE = ("en",), ("zh", "cn", "chinese", "中文")


class Busy(Exception):
    """Another import writes into the same library."""


@dataclass(frozen=True)
class Collection:
    """What is imported under which name, and what holds for all of it."""

    name: str
    kind: str
    path: Path
    source: str
    licence: str
    region: str
    lang: str = ""
    url: str = ""
    """Address of the folder's files: a file's own path is put behind it."""


@dataclass
class Counts:
    """How far an import is."""

    unchanged: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    empty: int = 0
    repeated: int = 0
    """Documents that the source holds twice; the first counts."""
    passages: int = 0
    """Passages of what was added or changed."""
    left_out: int = 0
    """Sentences too long to be shown."""
    faults: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Documents that were looked at."""
        return self.unchanged + self.added + self.changed + self.empty + self.repeated + len(self.faults)


def bring_up_to_date(
    library: Library, collection: Collection, kind: Kind, progress: Callable[[Counts], None] = lambda _counts: None
) -> Counts:
    """Import what is new or changed, let go what is gone. Faults are counted and cost only their own document.

    A document that became unreadable stays as it was. Where the source as a whole breaks off, nothing is let go.
    """
    library.refresh()
    library.begin(collection.name, collection.kind, str(collection.path))
    library.commit()
    work = _Work(library, collection, kind, library.digests(collection.name), progress)
    try:
        for item in kind.read(collection.path):
            work.take(item)
    except BadInput as problem:
        work.counts.faults.append(str(problem))
    except OSError as problem:
        work.counts.faults.append(f"{problem.filename or collection.path}: it cannot be read ({problem.strerror}).")
    else:
        work.let_go()
        library.finish(collection.name)
    library.commit()
    return work.counts


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One import at a time in one library. Raises Busy."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise Busy from problem
        yield


@dataclass
class _Work:
    library: Library
    collection: Collection
    kind: Kind
    before: dict[str, str]
    progress: Callable[[Counts], None]
    counts: Counts = field(default_factory=Counts)
    seen: set[str] = field(default_factory=set)
    committed: float = field(default_factory=time.monotonic)

    def take(self, item: Item) -> None:
        digest = _digest(self.collection, item.content)
        if item.key in self.seen:
            self.counts.repeated += 1
        elif self.before.get(item.key) == digest:
            self.counts.unchanged += 1
        else:
            self._store(item, digest)
        self.seen.add(item.key)
        if time.monotonic() - self.committed > _COMMIT_AFTER:
            self.library.commit()
            self.committed = time.monotonic()
        self.progress(self.counts)

    def _store(self, item: Item, digest: str) -> None:
        try:
            document = item.parse()
            stored = _stored(item.key, document, digest, self.collection)
        except BadInput as problem:
            self.counts.faults.append(str(problem))
            return
        if not stored.passages and self.kind.empty_is_wrong:
            self.counts.faults.append(f"{self.collection.path} {item.key}: there is no text in it.")
            return
        self.library.put(self.collection.name, stored)
        self.counts.passages += len(stored.passages)
        self.counts.left_out += sum(too_long(one, stored.lang) for one in _sentences(document))
        if not stored.passages:
            self.counts.empty += 1
        elif item.key in self.before:
            self.counts.changed += 1
        else:
            self.counts.added += 1

    def let_go(self) -> None:
        gone = self.before.keys() - self.seen
        self.library.drop(self.collection.name, gone)
        self.counts.removed = len(gone)


def _digest(collection: Collection, content: bytes) -> str:
    said = (_FORMAT, collection.kind, collection.source, collection.licence, collection.region, collection.lang)
    return hashlib.sha256(repr((said, collection.url)).encode() + content).hexdigest()


def _stored(key: str, document: Document, digest: str, collection: Collection) -> Stored:
    lang = _lang(key, document, collection)
    return Stored(
        key,
        digest,
        lang,
        collection.region,
        document.title,
        document.aliases,
        document.url or (f"{collection.url.rstrip('/')}/{quote(key)}" if collection.url else ""),
        document.source or collection.source,
        document.licence or collection.licence,
        tuple((section.heading, text) for section in document.sections for text in passages(section.paragraphs, lang)),
    )


def _lang(key: str, document: Document, collection: Collection) -> str:
    """What the document says of itself, else the operator, else what its text looks like."""
    named = (document.lang or collection.lang).lower()
    if not named:
        return language_of(" ".join(_sentences(document)))
    if named.startswith(_CHINESE):
        return "zh"
    if named.startswith(_ENGLISH):
        return "en"
    raise BadInput(f"{collection.path} {key}", f"its language is '{named}', and Careline speaks English and Chinese.")


def _sentences(document: Document) -> Iterator[str]:
    return (sentence for section in document.sections for text in section.paragraphs for sentence in sentences(text))
