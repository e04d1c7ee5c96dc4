"""The letters of every block's formula are told, and none that it has not."""

import re

import pytest

from explorer.blocks.catalogue import catalogue
from explorer.blocks.letters import _OWN, explained, letters
from explorer.graph.block import Block

each_block = pytest.mark.parametrize("kind", catalogue())


@each_block
def test_every_letter_of_a_formula_has_a_meaning(kind):
    block = catalogue()[kind]
    told = letters(block)
    assert all(told.values()), told
    named = re.findall(r"(?:^|[:;,.] )([a-z])(?:_?[a-z]|\[[^\]]*\])? = ", block.summary)
    assert set(named) <= set(told), "what the formula gives is told"
    for sign in told:
        assert re.search(rf"(?<![A-Za-z]){sign}(?![a-z])", block.summary)


def test_no_meaning_is_kept_for_a_letter_that_is_not_there():
    for kind, own in _OWN.items():
        assert set(own) <= set(letters(catalogue()[kind])), kind


def test_a_convolutions_line():
    told = letters(catalogue()["conv2d"])
    assert told["x"] == "input"
    assert [told[sign] for sign in "wbsdp"] == ["kernel", "bias", "stride", "dilation", "padding"]
    assert "w: kernel" in explained(catalogue()["conv2d"])


def test_of_a_plugin_only_what_is_known_is_told():
    class Odd(Block):
        kind, summary = "odd", "Turns: y = q x."

    assert letters(Odd) == {"y": "output", "q": "", "x": "input"}
    assert explained(Odd) == "y: output, x: input"
