"""Text as the pipeline compares it: sentences, words, what a word stands for, how telling it is."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import jieba
import snowballstemmer
from wordfreq import zipf_frequency

jieba.setLogLevel(logging.WARNING)

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,/]\d+)*|[\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])|(?<=[。！？])\s*")
_STEMMER = snowballstemmer.stemmer("english")
_JIEBA_TOTAL = 60_101_967  # the sum of all frequencies in jieba's dictionary

STOP = frozenset(
    "a about after again all also am an and any anyone anything are as ask at be because been before being but by can "
    "can't cannot could did do does doesn't doing don't down each feel feeling few for from get gets getting give go "
    "going good got had has have having he help her here hers him his how however i i'd i'll i'm i've if im in into is "
    "isn't it it's its just keep know like long lot made make many me might more most much must my need needs no not "
    "now of off ok okay on once one only or other our out over own please really right said same say see she should "
    "since so some someone something still such sure take taken taking tell than that that's the their them then there "
    "these they thing think this those though to too try trying up us use used using usually very want was way we well "
    "were what what's when where which while who whom why will with without would yes yet you your yours hello hi hey "
    "thanks thank does really best safe okay ive dont cant whats day days today normal happen happens mean means bad "
    "lately recently currently week weeks bit quite always never often sometimes possible ever start started advice "
    "wondering question problem issue deal looking look two three four five six seven eight nine ten old year years "
    "come comes came put stop stopped let work works worried worry should've gone done seem seems soon quickly fast "
    "treat treatment treating cure rid symptom symptoms sign signs common".split()
) | frozenset(
    "的 了 吗 呢 吧 啊 呀 是 有 在 我 你 您 他 她 它 我们 你们 他们 这 那 这个 那个 什么 怎么 怎样 怎么办 如何 为什么 哪些 哪个 哪 多少 几 "
    "可以 能 能不能 可不可以 要 不要 要不要 应该 需要 会 会不会 就 都 也 还 又 很 太 最 更 把 被 给 让 跟 和 与 或 或者 并且 但 但是 因为 所以 如果 "
    "时 时候 以后 之后 以前 一个 一下 一点 有点 有没有 是不是 没有 没 不 不能 没事 请问 想 问 问问 知道 觉得 感觉 现在 今天 昨天 最近 一直 经常 总是 "
    "老 得 着 过 到 从 对 为 上 下 里 来 去 说 看 做 用 吃 吃点 好 行 怎么回事 怎么样 情况 一般 什么样 该 才 只 再 些 个 天 岁 出现 症状 治 治疗 "
    "办法 家里 自己 人 以 等 后 比较 比如 多久 快点 快 点 办 谢谢 你好 您好 医生 大夫 起来 注意 事项 哪里 啥 咋 咋办 嘛 哦 正常 引起 平时 必须 "
    "方法 多 少 大 小 几天 两天 三天 帮 帮忙 建议 常见 有什么 问题 严重 天天 好得快 饭前 饭后 睡不着 还是 一天 一个月 一周 老是 好几天 快要 已经 好像 还没 没好 晚上 早上 白天 到底 行不行 好不好 对不对 好几 度".split()
)


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
    return str(_STEMMER.stemWord(word.removesuffix("'s"))) if word[0].isascii() else word


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
    """What words stand for: synonyms of `data/knowledge/synonyms.yml`, else their stem."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._canonical: dict[tuple[str, ...], str] = {}
        self._longest = 1
        for group in groups:
            head: str | None = None
            for term in group:
                key = tuple(_stem(word) for word in words(term))
                head = head or "=" + "_".join(key)
                self._canonical[key] = head
                self._longest = max(self._longest, len(key))
                if not term.isascii():
                    jieba.add_word(term)

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
                if written[at] not in STOP:
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
