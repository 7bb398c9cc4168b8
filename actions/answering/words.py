"""Text as the pipeline compares it: sentences, words, what a word stands for, how telling it is."""

from __future__ import annotations

import hashlib
import logging
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import jieba  # type: ignore[import-untyped]
import snowballstemmer  # type: ignore[import-untyped]
from ruamel.yaml import YAML
from wordfreq import zipf_frequency

jieba.setLogLevel(logging.WARNING)

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,/]\d+)*|[\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])|(?<=[。！？])\s*")
_STEMMER = snowballstemmer.stemmer("english")
_TAUGHT: set[str] = set()
"""Terms that this process's cutter has learned."""
_KEYS = 1
"""Raised when the way from a text to its keys changes, so that stored ones are made anew."""
_JIEBA_TOTAL = 60_101_967  # the sum of all frequencies in jieba's dictionary


def language_of(text: str) -> str:
    """`zh` where Han characters are at least as many as Latin words, else `en`."""
    han = len(_HAN.findall(text))
    return "zh" if han and han >= len(_LATIN_WORD.findall(text)) else "en"


def fold(text: str) -> str:
    """Half width, lower case, one kind of quote and dash: how texts are compared."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'").replace("\u2013", "-")
    return folded.replace("℃", "c").replace("°", "")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in both languages, with their full stops."""
    return tuple(part.strip() for part in _END.split(text.strip()) if part.strip())


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """Words of three letters stay as they are: "sty" is no "sti"."""
    bare = word.removesuffix("'s")
    return str(_STEMMER.stemWord(bare)) if word[0].isascii() and len(bare) > 3 else bare


def words(text: str) -> list[str]:
    """The words of a text as written (folded); Chinese cut by jieba."""
    found: list[str] = []
    for token in _TOKEN.findall(fold(text)):
        if _HAN.match(token):
            found.extend(jieba.cut(token))
        else:
            found.append(token)
    return found


@lru_cache(maxsize=20_000)
def weight(word: str) -> float:
    """How telling a word is: 0 for the commonest words of its language to 7 for those no list of words knows."""
    if word[0].isdigit():
        return 0.5
    if not word.isascii():
        return min(7.0, max(0.5, 6.5 - math.log10((jieba.get_FREQ(word) or 0.05) / _JIEBA_TOTAL * 1e9)))
    return min(7.0, max(0.5, 7.0 - zipf_frequency(word, "en")))


class Lexicon:
    """What words stand for: synonyms of `data/knowledge/synonyms.yml`, else their stem; and which say nothing."""

    def __init__(self, groups: Iterable[Iterable[str]], overlooked: Iterable[str] = ()) -> None:
        spelled = [list(group) for group in groups]
        self._overlooked = frozenset(overlooked)
        self.fingerprint = hashlib.sha256(repr((_KEYS, spelled, sorted(self._overlooked))).encode()).hexdigest()
        """Changes when the same text may get other keys."""
        self._canonical: dict[tuple[str, ...], str] = {}
        self._longest = 1
        self.spelled: set[str] = set()
        """Every word that the groups spell."""
        for term in (term for group in spelled for term in group):
            # all of them first: a term is cut in one way, whichever groups came before it
            if not term.isascii() and term not in _TAUGHT:
                jieba.add_word(term)  # a second time would make it commoner, and cut other words otherwise
                _TAUGHT.add(term)
        for group in spelled:
            self._learn(group)

    def _learn(self, group: Iterable[str]) -> None:
        """Let all terms of a group stand for its first."""
        head: str | None = None
        for term in group:
            self.spelled.update(words(term))
            key = tuple(_stem(word) for word in words(term))
            head = head or "=" + "_".join(key)
            self._canonical[key] = head
            self._longest = max(self._longest, len(key))

    def terms(self, text: str) -> list[tuple[str, str]]:
        """The telling words of a text, each as (what it stands for, as written); no stop words."""
        written = words(text)
        stems = [_stem(word) for word in written]
        found: list[tuple[str, str]] = []
        at = 0
        while at < len(stems):
            for size in range(min(self._longest, len(stems) - at), 0, -1):
                head = self._canonical.get(tuple(stems[at : at + size]))
                if head:
                    found.append((head, written[at]))
                    at += size
                    break
            else:
                if written[at] not in self._overlooked:
                    found.append((stems[at], written[at]))
                at += 1
        return found

    def keys(self, text: str) -> list[str]:
        """What the telling words of a text stand for."""
        return [key for key, _ in self.terms(text)]


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Han characters: they find what the cutter cut otherwise."""
    return [run[at : at + 2] for run in re.findall(r"[\u3400-\u9fff]+", text) for at in range(len(run) - 1)]


def weights(terms: Iterable[tuple[str, str]]) -> Mapping[str, float]:
    """How telling each term of a text is, by what it stands for."""
    found: dict[str, float] = {}
    for key, written in terms:
        found[key] = max(found.get(key, 0.0), weight(written))
    return found


def load_lexicons(folder: Path) -> dict[str, Lexicon]:
    """The lexicon of each language, from `synonyms.yml` and `overlooked.yml` in the folder of the pages."""
    groups, overlooked = (
        YAML(typ="safe").load((folder / name).read_text("utf-8")) for name in ("synonyms.yml", "overlooked.yml")
    )
    return {
        lang: Lexicon([[str(term) for term in group] for group in own], str(overlooked[lang]).split())
        for lang, own in groups.items()
    }
