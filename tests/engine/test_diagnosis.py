"""A loss that leaves the numbers: the block where it began, and why.

Whether a kernel gives NaN or infinity first, and by how much weights have grown, depends on the
processor: pinned are node, cause and cures.
"""

import json

import pytest
import torch

from explorer.engine.network.custom import trial
from explorer.engine.run.session import Session
from explorer.engine.run.train import Beat
from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom
from explorer.graph.custom_file import declared, digest
from explorer.protocol.events import Failed
from tests.engine.making import block, cnn, planned

HEAD = "import torch\nfrom torch import nn\n\n\nclass Odd(nn.Module):\n    def forward(self, x):\n"


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    custom.forget()


def odd(formula):
    """A trusted block of the user's own, tried on what comes out of flatten."""
    text = f"{HEAD}        return {formula}\n"
    found = declared(text.encode())
    made = Custom(path="/mine.py", class_name=found.class_name, sha256=digest(text.encode()))
    made = made.changed({"arguments": json.dumps({})})
    custom.trust(made.path, made.sha256, text)
    shapes = (Shape("vector", (64,)),)
    custom.remember(made, shapes, trial(made, shapes))
    return made


def failed(drawn, before=lambda run: None, steps=0):
    """What is told when the loss leaves the numbers, after `before` was done to the run."""
    events = []
    run = Session(drawn, "cpu").begin(1, events.append)
    for _ in range(steps):
        run.advance()
    before(run)
    for _ in range(1000):
        if run.advance() is Beat.FAULT:
            break
    told = [event for event in events if isinstance(event, Failed)]
    assert len(told) == 1
    return told[0]


def row(*blocks, **training):
    """The plan of these blocks between flattened digits and their logits."""
    return planned(block("flatten"), *blocks, block("linear", out_features=10), **training)


def wide(features):
    return block("linear", out_features=features)


def rate(value):
    """A change of the learning rate."""

    def change(run):
        run.rate = value

    return change


def scaled(node, factor):
    """A change that makes a node's weights larger, as if they had always been so."""

    def change(run):
        with torch.no_grad():
            run.network.get_submodule(node).weight.mul_(factor)
        run.good.keep(run.step)

    return change


def cures(event):
    return [(cure.then, cure.settings) for cure in event.cures]


def test_a_rate_that_is_too_high():
    event = failed(cnn(optimiser="sgd"), rate(1e30), steps=3)
    assert (event.node, event.cause) == ("fc1", "rate")
    assert cures(event) == [("go on", {"rate": pytest.approx(1e29)}), ("rewind", {})]
    assert "fc1" in event.message
    assert "1e+29" in event.message


def test_a_step_that_makes_weights_infinite():
    event = failed(row(optimiser="sgd"), rate(3e38))
    assert (event.node, event.cause) == ("fc1", "rate")
    assert cures(event)[0] == ("go on", {"rate": pytest.approx(3e37)})


def test_float16_overflows():
    drawn = row(wide(16), block("relu"), precision="float16")
    event = failed(drawn, scaled("fc1", 1e6))
    assert (event.node, event.cause) == ("fc1", "half")
    assert cures(event) == [("anew", {"precision": "bfloat16"}), ("rewind", {})]
    assert "65,504" in event.message


def test_a_logarithm_of_nothing():
    event = failed(row(odd("x.clamp(min=0).log()")))
    assert (event.node, event.cause) == ("odd", "block")


def test_a_derivative_that_has_no_value():
    """The values are all numbers; the first step's gradient is not."""
    event = failed(row(wide(64), odd("(x * x.gt(0)).sqrt()")))
    assert (event.node, event.cause) == ("odd", "block")
    assert "gradient" in event.message


def test_a_state_that_explodes():
    drawn = planned(
        block("rows_to_sequence"),
        block("rnn", nonlinearity="relu", hidden_size=16),
        block("last_step"),
        block("linear", out_features=10),
    )

    def explode(run):
        layer = run.network.get_submodule("rnn")
        with torch.no_grad():
            layer.weight_hh_l0.fill_(1e8)
        run.good.keep(run.step)

    event = failed(drawn, explode)
    assert (event.node, event.cause) == ("rnn", "values")
    assert "LSTM or GRU" in event.message


def test_values_that_nobody_normalised():
    def widen(run):
        scaled("fc1", 1e20)(run)
        scaled("fc2", 1e20)(run)

    event = failed(row(wide(32), wide(32)), widen)
    assert (event.node, event.cause) == ("fc2", "values")
    assert "normalisation before fc2" in event.message


def test_a_fault_after_the_window_of_the_good_weights(monkeypatch):
    """Steps with dropout and Adam are gone again exactly: the same block is found after many."""

    event = failed(cnn(batch=32), rate(1e25), steps=70)
    assert event.node
    assert event.cause == "rate"


def test_the_search_leaves_random_numbers_and_weights_alone():
    session = Session(cnn(optimiser="sgd"), "cpu")
    run = session.begin(1, lambda event: None)
    good = {name: value.clone() for name, value in session.network.state_dict().items()}
    run.rate = 1e30
    for _ in range(3):
        run._step(torch.arange(64))
    state = torch.get_rng_state()
    assert not run.tell()
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(good[n], v) for n, v in session.network.state_dict().items())
    run.rate = 0.001
    assert run.advance() is Beat.STEP
    assert run.tell()


def test_a_search_that_takes_too_long_names_no_block(monkeypatch):
    monkeypatch.setattr("explorer.engine.recovery.search.LONGEST_S", 0.0)

    event = failed(cnn(optimiser="sgd"), rate(1e30), steps=3)
    assert (event.node, event.cause) == ("", "rate")
    assert cures(event) == [("go on", {"rate": pytest.approx(1e29)}), ("rewind", {})]
