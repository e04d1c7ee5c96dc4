"""What is kept of a block from plan to plan is what would be worked out anew."""

from dataclasses import replace

import pytest

from explorer.graph.block import Shape
from explorer.graph.edits import set_params
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.plan.remembered import Remembered


def copied(document):
    """The same drawing of blocks that nobody has seen yet."""
    nodes = {
        name: replace(node, block=type(node.block)(**node.block.values()))
        for name, node in document.nodes.items()
    }
    return replace(document, nodes=nodes)


@pytest.mark.parametrize("name", list(examples()))
def test_a_plan_is_the_same_however_often_it_was_made(name):
    document = read(examples()[name]).document
    first = plan(document)
    assert plan(document).steps == first.steps
    assert plan(copied(document)).steps == first.steps


def test_other_shapes_and_other_blocks_are_worked_out():
    document = read(examples()["tutorial-cnn"]).document
    before = plan(document)
    wider = plan(set_params(document, "conv1", {"out_channels": 48}))
    assert wider.shapes["conv1", "y"] == Shape("image", (48, 28, 28))
    assert wider.shapes["relu1", "y"] == Shape("image", (48, 28, 28))
    assert plan(document).steps == before.steps


def test_a_block_is_asked_once_for_the_same_shapes():
    asked = []
    block = read(examples()["tutorial-cnn"]).document.nodes["conv1"].block
    answer = Remembered(lambda block, shapes: asked.append(shapes) or len(asked))
    small, large = (Shape("image", (1, 8, 8)),), (Shape("image", (1, 28, 28)),)
    told = [answer(block, shapes) for shapes in (small, small, large, small, small)]
    assert asked == [small, large, small]
    assert told == [1, 1, 2, 3, 3]
