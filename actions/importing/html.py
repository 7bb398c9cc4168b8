"""The readable part of an HTML page, by its headings (selectolax)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .document import Section
from .prose import Block, Items, flat, prose

_LEFT_OUT = (
    "script, style, nav, header, footer, aside, form, noscript, template, svg, button, iframe, [hidden], "
    "[aria-hidden=true]"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    (
        *_HEADINGS,
        *"address article blockquote body caption dd details div dl dt fieldset figcaption figure hr li main".split(),
        *"ol p pre section summary table tbody td tfoot th thead tr ul".split(),
    )
)


@dataclass(frozen=True)
class Page:
    """What a page says, and what it says of itself; empty where it does not."""

    title: str
    url: str
    lang: str
    sections: tuple[Section, ...]


@dataclass
class _Walk:
    """Goes through a page in its order."""

    found: list[tuple[str, list[Block]]] = field(default_factory=lambda: [("", [])])
    inline: list[str] = field(default_factory=list)

    def children(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            self.node(child)

    def node(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.inline.append(node.text(deep=False))
        elif tag == "br":
            self.inline.append("\n")
        elif tag in _HEADINGS:
            self.end()
            self.found.append((flat(node.text(separator=" ")), []))
        elif tag in ("ul", "ol"):
            self.add(Items(tuple(_items(node))))
        elif tag == "table":
            self.add(Items(tuple(_rows(node))))
        elif tag in _BLOCKS:
            self.end()
            self.children(node)
            if tag == "dt":
                self.inline.append(":")
            self.end()
        else:
            self.children(node)

    def add(self, block: Block) -> None:
        self.end()
        self.found[-1][1].append(block)

    def end(self) -> None:
        """The running text is a paragraph."""
        text = flat("".join(self.inline))
        self.inline = []
        if text:
            self.found[-1][1].append(text)


def read_html(text: str, heading: str = "") -> Page:
    """The page; text before its first heading stands under `heading`."""
    tree = LexborHTMLParser(text)
    title, url, lang = _head(tree)
    for node in tree.css(_LEFT_OUT):
        node.decompose()
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    first = tree.css_first("h1")
    title = flat(first.text(separator=" ")) if first else title
    walk = _Walk()
    if root is not None:
        walk.children(root)
        walk.end()
    return Page(title, url, lang, tuple(_sections(walk, title, heading)))


def _sections(walk: _Walk, title: str, heading: str) -> Iterator[Section]:
    for own, blocks in walk.found:
        shown = own if own and own != title else heading
        paragraphs = prose(blocks, own or heading or title)
        if paragraphs:
            yield Section(shown, paragraphs)


def _head(tree: LexborHTMLParser) -> tuple[str, str, str]:
    title = tree.css_first("title")
    canonical = tree.css_first("link[rel=canonical]")
    root = tree.css_first("html")
    url = (canonical.attributes.get("href") or "") if canonical else ""
    lang = (root.attributes.get("lang") or "") if root else ""
    return flat(title.text()) if title else "", url, lang


def _items(node: LexborNode) -> Iterator[str]:
    for item in node.iter():
        if item.tag == "li" and (text := flat(item.text(separator=" "))):
            yield text


def _rows(table: LexborNode) -> Iterator[str]:
    """Each row as "column: cell, column: cell": a number without its column says nothing."""
    rows = [[flat(cell.text(separator=" ")) for cell in row.css("th, td")] for row in table.css("tr")]
    rows = [row for row in rows if any(row)]
    head = rows[0] if len(rows) > 1 and table.css_first("th") else []
    for row in rows[1:] if head else rows:
        named = [f"{head[at]}: {cell}" if at < len(head) and head[at] else cell for at, cell in enumerate(row) if cell]
        yield ", ".join(named)
