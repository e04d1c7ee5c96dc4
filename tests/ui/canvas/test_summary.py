"""The line under a block's name."""

import pytest

from explorer.blocks.catalogue import catalogue
from explorer.graph.block import Shape
from explorer.ui.canvas.summary import summary

IMAGE = (Shape("image", (3, 28, 28)),)


@pytest.mark.parametrize(
    ("kind", "parameters", "line"),
    [
        ("conv2d", {"padding": 1}, "3→32, 3x3, pad 1"),
        ("conv2d", {"stride": 2, "dilation": 3}, "3→32, 3x3, stride 2, dilation 3"),
        ("max_pool2d", {}, "2x2"),
        ("dropout", {"p": 0.25}, "p 0.25"),
        ("self_attention", {"batch_first": False}, "8 heads"),
        ("relu", {}, ""),
        ("linear", {"bias": False}, "28→128, no bias"),
        ("lstm", {"bidirectional": True}, "28→128, bidirectional"),
        ("batch_norm2d", {"eps": 0.001}, "eps 0.001"),
    ],
)
def test_as_people_write_it(kind, parameters, line):
    assert summary(catalogue()[kind](**parameters), IMAGE) == line


def test_what_comes_in_may_be_unknown():
    assert summary(catalogue()["linear"](), None) == "?→128"
    assert summary(catalogue()["linear"](in_features=7), None) == "7→128"


@pytest.mark.parametrize("kind", list(catalogue()))
def test_every_block_has_a_short_line(kind):
    assert len(summary(catalogue()[kind](), None)) <= 24
