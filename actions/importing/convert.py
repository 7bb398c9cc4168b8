"""Files of one kind each to a document. Word and Markdown files go by HTML, which has all that a leaflet has."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import mammoth  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from pypdf import PdfReader
from ruamel.yaml import YAML

from .document import Document, Section
from .html import Page, read_html
from .prose import Block, blocks_of, flat, prose

_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_HEADING_WORDS = 9
"""A line of at most so many words without a full stop, after a full stop, is a heading of a PDF."""
_REPEATED = 0.6
"""A line that stands on more than this share of a PDF's pages is its head or foot."""


def convert_html(content: bytes) -> Document:
    """An HTML page; its own canonical address and language count."""
    return _of_page(read_html(content.decode("utf-8-sig")))


def convert_markdown(content: bytes) -> Document:
    """A Markdown page; front matter may name title, url, lang, source, licence."""
    text = content.decode("utf-8-sig")
    front = _FRONT.match(text)
    told = YAML(typ="safe").load(front.group(1)) if front else None
    said = {name: str(value) for name, value in told.items()} if isinstance(told, dict) else {}
    page = read_html(_MARKDOWN.render(text[front.end() :] if front else text))
    return Document(
        said.get("title") or page.title,
        page.sections,
        said.get("url", ""),
        (),
        said.get("lang", ""),
        said.get("source", ""),
        said.get("licence") or said.get("license", ""),
    )


def convert_docx(content: bytes) -> Document:
    """A Word file."""
    return _of_page(read_html(mammoth.convert_to_html(io.BytesIO(content)).value))


def convert_text(content: bytes) -> Document:
    """Plain text, a paragraph a line."""
    return _of_sections("", _by_headings(content.decode("utf-8-sig").splitlines()))


def convert_pdf(content: bytes) -> Document:
    """The text of a PDF; its headings are guessed."""
    reader = PdfReader(io.BytesIO(content))
    pages = [(page.extract_text() or "").splitlines() for page in reader.pages]
    often = Counter(flat(line) for page in pages for line in set(page) if line.strip())
    repeated = {line for line, times in often.items() if len(pages) > 2 and times > _REPEATED * len(pages)}
    lines = [line for page in pages for line in page if flat(line) not in repeated and not flat(line).isdigit()]
    title = flat((reader.metadata.title or "") if reader.metadata else "")
    return _of_sections(title, _by_headings(_joined(lines)))


def _of_page(page: Page) -> Document:
    return Document(page.title, page.sections, page.url, (), page.lang)


def _of_sections(title: str, found: Sequence[tuple[str, list[str]]]) -> Document:
    if not title and found and not found[0][1]:  # a heading with nothing under it begins the text
        title = found[0][0]
    sections = [(heading, tuple(prose(_blocks(lines), heading or title))) for heading, lines in found]
    return Document(title, tuple(Section(heading or title, texts) for heading, texts in sections if texts))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    return blocks_of("\n".join(lines))


def _by_headings(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Lines under the headings that they follow."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if _is_heading(line):
            found.append((flat(line), []))
        elif line.strip():
            found[-1][1].append(line)
    return found if found[0][1] else found[1:]


def _is_heading(line: str) -> bool:
    text = flat(line)
    short = 0 < len(text.split()) <= _HEADING_WORDS and len(text) <= 80
    return short and text[-1] not in ".!:;,。！：；，" and (text[0].isupper() or "\u3400" <= text[0] <= "\u9fff")


def _joined(lines: Sequence[str]) -> list[str]:
    """The lines of a PDF end where the paper does: put together what is one paragraph or one item."""
    found: list[str] = []
    for line in lines:
        text = line.strip()
        before = found[-1] if found else ""
        goes_on = before and text and not _begins(text) and before[-1] not in ".!?:。！？："
        if goes_on and not (_is_heading(before) and text[0].isupper()):
            found[-1] = before[:-1] + text if before.endswith("-") else f"{before} {text}"
        else:
            found.append(text)
    return found


def _begins(text: str) -> bool:
    return bool(re.match(r"[-*•·▪◦‣●–]|\d{1,2}[.)]\s", text))
