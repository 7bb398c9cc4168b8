"""A folder of leaflets: Markdown, HTML, PDF, DOCX and plain text, one document a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from .convert import convert_docx, convert_html, convert_markdown, convert_pdf, convert_text
from .document import BadInput, Document, Item, faulty

_CONVERTERS: dict[str, Callable[[bytes], Document]] = {
    ".md": convert_markdown,
    ".markdown": convert_markdown,
    ".html": convert_html,
    ".htm": convert_html,
    ".pdf": convert_pdf,
    ".docx": convert_docx,
    ".txt": convert_text,
}
_LARGEST = 100 * 1024**2
"""Bytes of the largest file that is read."""


def read_folder(path: Path) -> Iterator[Item]:
    """One document for each file whose kind is known; others, and hidden ones, are passed over."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if _wanted(file, path))
    if not files:
        raise BadInput(str(path), f"there is no file to read: {', '.join(_CONVERTERS)} are.")
    for file in files:
        key = file.name if path.is_file() else file.relative_to(path).as_posix()
        yield _item(file, key)


def _wanted(file: Path, root: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in file.relative_to(root).parts)
    return not hidden and file.suffix.lower() in _CONVERTERS and file.is_file()


def _item(file: Path, key: str) -> Item:
    try:
        if file.stat().st_size > _LARGEST:
            raise BadInput(str(file), f"the file is larger than {_LARGEST // 1024**2} MB.")
        content = file.read_bytes()
    except OSError as problem:
        return faulty(key, BadInput(str(file), f"it cannot be read ({problem.strerror})."))
    except BadInput as problem:
        return faulty(key, problem)
    return Item(key, content, partial(_document, file, content))


def _document(file: Path, content: bytes) -> Document:
    convert = _CONVERTERS.get(file.suffix.lower())
    if convert is None:
        raise BadInput(str(file), f"a file of this kind is not read: {', '.join(_CONVERTERS)} are.")
    try:
        document = convert(content)
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadInput(f"{file}:{line}", "the file is not UTF-8 text.") from problem
    except Exception as problem:  # what the converters raise on a damaged file is without number
        raise BadInput(str(file), f"the file is damaged or of another kind ({type(problem).__name__}).") from problem
    if not document.sections:
        scanned = " (pictures of pages have to go through text recognition first)" if file.suffix == ".pdf" else ""
        raise BadInput(str(file), f"there is no text in it{scanned}.")
    return replace(document, title=document.title or file.stem.replace("-", " ").replace("_", " ").capitalize())
