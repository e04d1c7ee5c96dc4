"""What is the Input's numbers and nothing else, in whatever order and shape."""

import numpy as np
import pytest
import torch

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.plan.documents import examples, read
from explorer.plan.given import shown_as_given
from explorer.plan.plan import plan

RESHAPES = {"flatten", "permute", "reshape", "rows_to_sequence"}


def test_reshapes_behind_the_input_hand_it_on():
    found = plan(read(examples()["tutorial-attention"]).document)
    assert shown_as_given(found) == {"input", "rows"}
    found = plan(read(examples()["mlp"]).document)
    assert shown_as_given(found) == {"input", "flatten"}
    assert shown_as_given(plan(Document())) == frozenset()


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_whatever_is_called_given_has_the_very_numbers_of_the_input(kind):
    blocks = [("first", catalogue()["input"]()), ("it", catalogue()[kind]())]
    if catalogue()[kind].role != "layer" or len(blocks[1][1].inputs) != 1:
        return
    found = plan(chain(Document(), [*blocks, ("last", catalogue()["output"]())]))
    step = next((step for step in found.steps if step.node == "it"), None)
    if "it" not in shown_as_given(found):
        assert kind not in RESHAPES or step is None
        return
    x = torch.randn(2, *step.input_shapes[0].dims)
    value = x
    for text in step.call.forward:
        value = eval(text.format(x="value"), {"value": value, "torch": torch})
    np.testing.assert_array_equal(value.flatten().sort()[0], x.flatten().sort()[0])
