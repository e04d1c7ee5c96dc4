"""What is said to compute the same does: built, with the weights of the other, and run."""

import random

import pytest
import torch

from explorer.engine.network.build import initial_network, run
from explorer.graph import edits
from explorer.graph.document import Wire
from explorer.graph.groups import make_group, set_repeat, ungroup
from explorer.plan.alike import alike
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from tests.drawings import cut, group, remove, repeat
from tests.making import block

EXAMPLES = {name: read(file).document for name, file in examples().items()}
CNN = EXAMPLES["tutorial-cnn"]
SMALL = ["tutorial-cnn", "tutorial-attention", "lenet-5", "mlp"]


def values(network, sample):
    """Of a network that answers, by node and port."""
    with torch.inference_mode():
        return run(network.eval(), sample)


def assert_alike_is_alike(before, after):
    """Each value of a block that is alike, with the weights that both have."""
    one, other = plan(before), plan(after)
    if not one.ready or not other.ready:
        return 0
    network, changed = initial_network(one), initial_network(other)
    theirs, own = network.state_dict(), changed.state_dict()
    same = {name: value for name, value in theirs.items() if name in own}
    same = {name: value for name, value in same.items() if value.shape == own[name].shape}
    changed.load_state_dict({**own, **same})
    sample = torch.rand(2, *one.dataset.shape.dims)
    was, now = values(network, sample), values(changed, sample)
    names = alike(before, after)
    for value in now.keys() & was.keys():
        if value[0] in names:
            assert torch.equal(was[value], now[value]), value
    return len(names)


def insert(document, chance):
    kind = chance.choice(["relu", "dropout", "gaussian_noise", "tanh", "layer_norm", "group_norm"])
    wire = chance.choice(document.wires)
    return edits.insert_before(document, wire.target, wire.input, block(kind))[0]


def change(document, chance):
    node = document.nodes[chance.choice([*document.nodes])]
    fields = {field.name for field in node.block.parameters()}
    wished = {"p": 0.25, "dropout": 0.4, "std": 0.3, "out_features": 12, "negative_slope": 0.3}
    names = [name for name in wished if name in fields]
    return edits.set_params(document, node.id, {names[0]: wished[names[0]]}) if names else document


def changed(document, chance):
    """After one to three edits and such fixes as are offered."""
    for _ in range(chance.randint(1, 3)):
        act = chance.choice([insert, insert, change, change, remove, cut, group, repeat])
        try:
            document = act(document, chance)
        except (edits.EditError, ValueError):
            continue
    for _ in range(4):
        fix = next((p.fix for p in plan(document).problems if p.fix is not None), None)
        document = fix.edit(document) if fix is not None else document
    return document


@pytest.mark.parametrize("name", SMALL)
def test_what_is_alike_computes_the_same(name):
    compared = 0
    for seed in range(30):
        chance = random.Random(seed)
        before = EXAMPLES[name]
        if chance.random() < 0.5:
            before = changed(before, chance)
        compared += assert_alike_is_alike(before, changed(before, chance))
    assert compared > 30


def test_itself_is_alike():
    for document in EXAMPLES.values():
        assert alike(document, edits.set_title(document, "Other")) == frozenset(document.nodes)


def test_dropout_is_looked_through():
    for wire in CNN.wires:
        spliced, _ = edits.insert_before(CNN, wire.target, wire.input, block("dropout"))
        assert alike(CNN, spliced) == frozenset(CNN.nodes)
        assert alike(spliced, CNN) == frozenset(CNN.nodes)
    lstm = EXAMPLES["tutorial-lstm"]
    assert alike(lstm, edits.set_params(lstm, "lstm", {"dropout": 0.3})) == frozenset(lstm.nodes)


def test_what_comes_after_a_change_is_not_alike():
    wider = edits.set_params(CNN, "conv2", {"out_channels": 48})
    after = edits.descendants(CNN, "conv2") | {"conv2"}
    assert alike(CNN, wider) == CNN.nodes.keys() - after


def test_a_new_block_of_an_old_name_is_not_alike():
    without = edits.remove_nodes(CNN, ["conv1"])
    anew, name = edits.add_node(without, CNN.nodes["conv1"].block, name="conv1")
    assert name == "conv1"
    assert alike(CNN, anew) == {"input"}
    wired = anew
    for wire in (wire for wire in CNN.wires if "conv1" in (wire.source, wire.target)):
        wired = edits.connect(wired, wire)
    assert alike(CNN, wired) == frozenset(CNN.nodes)


def test_another_dataset_makes_all_others():
    assert alike(CNN, edits.set_dataset(CNN, "fashion-mnist")) == frozenset()


def test_a_repeated_group_is_alike_as_a_whole():
    mlp = edits.chain(
        edits.set_dataset(CNN, "mnist").__class__(),
        [(name, block(kind, **values)) for name, kind, values in ROW],
    )
    grouped, name = make_group(mlp, ["a", "act"])
    twice = set_repeat(grouped, name, 2)
    assert alike(mlp, grouped) == frozenset(mlp.nodes)
    assert alike(grouped, twice) == {"input", "flat", "first"}
    other = edits.set_block(twice, "act", block("tanh"))
    assert alike(twice, other) == {"input", "flat", "first"}
    assert alike(twice, ungroup(twice, name)) == {"input", "flat", "first"}


ROW = [
    ("input", "input", {}),
    ("flat", "flatten", {}),
    ("first", "linear", {"out_features": 16}),
    ("a", "linear", {"out_features": 16}),
    ("act", "relu", {}),
    ("last", "linear", {"out_features": 10}),
    ("output", "output", {}),
]


def test_a_circle_does_no_harm():
    nodes = edits.chain(CNN.__class__(), [(None, block("dropout")), (None, block("dropout"))])
    circle = CNN.__class__(nodes=nodes.nodes, wires=(*nodes.wires, Wire("dropout2", "dropout")))
    assert alike(CNN, circle) == frozenset()
