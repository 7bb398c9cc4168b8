"""A text as numbers: runs of words and parts of words, hashed, so that no list of words is kept."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]")
_LONGEST_RUN = 3
_LONGEST_PART = 5
_SORT = 1 << 15
"""Numbers of each sort: runs of words, and parts of words."""

SIZE = 2 * _SORT
"""How many features there are: their numbers lie below it."""


def features(text: str) -> Mapping[int, float]:
    """The features of a text by number, with weights whose squares add up to one; none where it has no words."""
    counts = Counter(zlib.crc32(part.encode()) % _SORT + sort * _SORT for sort, part in _parts(_fold(text)))
    weights = {number: 1 + math.log(count) for number, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {number: weight / length for number, weight in weights.items()}


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'").replace("\u2013", "-")
    return folded.replace("℃", "c").replace("°", "")


def _parts(folded: str) -> Iterator[tuple[int, str]]:
    """Runs of words (sort 0) and parts of words, their edges as spaces (sort 1); a Chinese character is a word."""
    words = _TOKEN.findall(folded)
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_RUN, len(words)) + 1):
            yield 0, " ".join(words[start:end])
    for word in words:
        padded = f" {word} "
        for size in range(2, _LONGEST_PART + 1):
            for start in range(len(padded) - size + 1):
                yield 1, padded[start : start + size]
