"""What words stand for: every group of synonyms is read as one thing, whatever stands in the other groups."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from actions.answering.words import Lexicon, load_lexicons
from actions.settings import ROOT

KNOWLEDGE = ROOT / "data" / "knowledge"
GROUPS = YAML(typ="safe").load((KNOWLEDGE / "synonyms.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lexicons() -> dict[str, Lexicon]:
    """The lexicons of the real pages."""
    return load_lexicons(KNOWLEDGE)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_words_of_a_group_stand_for_one_thing(lexicons: dict[str, Lexicon], lang: str) -> None:
    for group in GROUPS[lang]:
        assert len({tuple(lexicons[lang].keys(str(term))) for term in group}) == 1, group


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_two_groups_stand_for_the_same(lexicons: dict[str, Lexicon], lang: str) -> None:
    heads = [tuple(lexicons[lang].keys(str(group[0]))) for group in GROUPS[lang]]
    assert len(set(heads)) == len(heads)


def test_a_term_is_cut_in_one_way_whichever_group_came_first() -> None:
    # the second group makes one word of what the first one's term begins with
    lexicon = Lexicon([["脚气灵药膏", "甲"], ["气灵药", "乙"], ["脚气灵", "丙"]])
    assert lexicon.keys("脚气灵药膏") == lexicon.keys("甲")
    assert lexicon.keys("脚气灵") == lexicon.keys("丙")
