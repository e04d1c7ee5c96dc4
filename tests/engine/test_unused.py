"""Weights that nothing reaches are named before the first step; those of the catalogue's own blocks
all learn.
"""

import pytest
import torch
from hypothesis import given

from explorer.engine.network.build import Network
from explorer.engine.network.unused import unused_weights
from explorer.engine.run.session import Session
from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom, Facts
from explorer.graph.custom_file import digest
from explorer.protocol.events import Warned
from tests.blocks.cases import LAYERS, accepted, cases, long_vector, side_by_side
from tests.blocks.odd_layouts import few
from tests.engine.making import block, cnn, planned, same_weights

SPARE = """
import torch
from torch import nn


class Spare(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.spare = nn.Linear(4, 4)

    def forward(self, x):
        return x * self.scale
"""


@pytest.fixture
def spare():
    made = Custom(path="/spare.py", class_name="Spare", sha256=digest(SPARE.encode()))
    custom.trust(made.path, made.sha256, SPARE)
    shape = Shape("vector", (64,))
    custom.remember(made, (shape,), Facts(shape, 21, 0))
    yield planned(block("flatten"), made, block("linear", out_features=10))
    custom.forget()


def warned(drawn, steps=0):
    events = []
    session = Session(drawn, "cpu")
    session.train(on_event=events.append, steps=steps or 1)
    return session, [event for event in events if isinstance(event, Warned)]


def test_they_are_named_and_the_others_learn(spare):
    session, (event,) = warned(spare, steps=5)
    assert event.node == "spare"
    assert "spare.spare.weight" in event.message
    assert "spare.spare.bias" in event.message
    assert "20 trainable numbers" in event.message
    weights, first = session.network.state_dict(), session._initial().state_dict()
    changed = {name for name in weights if not torch.equal(weights[name], first[name])}
    assert changed == {"spare.scale", "fc1.weight", "fc1.bias"}


def test_a_network_that_uses_all_is_told_nothing():
    _, events = warned(cnn())
    assert not events


def test_looking_for_them_changes_nothing(monkeypatch):
    looked, _ = warned(cnn(), steps=8)
    monkeypatch.setattr("explorer.engine.run.session.unused_weights", lambda *_: ())
    other, _ = warned(cnn(), steps=8)
    assert same_weights(looked, other)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_weight_of_a_block_is_used(kind):
    @few
    @given(cases(LAYERS[kind]))
    def law(case):
        if accepted(*case) is not None and case[0].weight_count(*case[1]):
            network = Network(side_by_side([case]))
            assert unused_weights(network, long_vector([case])) == ()

    law()
