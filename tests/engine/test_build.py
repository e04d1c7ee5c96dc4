"""A plan becomes a network: names, weights, values, memory, tracing."""

import pytest
import torch

from explorer.engine.network.build import initial_network, run
from explorer.graph.document import Document, Wire
from explorer.graph.edits import add_node, chain, connect
from explorer.plan.plan import plan
from tests.engine.making import attention, block, cnn, lstm, planned

PLANS = {"cnn": cnn, "lstm": lstm, "attention": attention}


def residual():
    """conv1 and a way past it, added up."""
    row = [
        (None, block("input")),
        ("conv1", block("conv2d", out_channels=1, padding=1)),
        ("add", block("add")),
        (None, block("flatten")),
        ("fc", block("linear", out_features=10)),
        (None, block("output")),
    ]
    document = chain(Document(dataset="digits-8x8"), row)
    return plan(connect(document, Wire("input", "add", "y", "b")))


def test_weights_have_the_names_of_the_nodes():
    assert list(initial_network(cnn()).state_dict()) == [
        "conv1.weight",
        "conv1.bias",
        "bn.weight",
        "bn.bias",
        "bn.running_mean",
        "bn.running_var",
        "bn.num_batches_tracked",
        "fc1.weight",
        "fc1.bias",
    ]


@pytest.mark.parametrize("name", ["run", "plan", "network", "steps", "device", "result", "layer"])
def test_any_name_may_be_a_nodes(name):
    row = [(None, block("input")), (None, block("flatten")), (name, block("linear"))]
    row += [("fc", block("linear", out_features=10)), (None, block("output"))]
    network = initial_network(plan(chain(Document(dataset="digits-8x8"), row)))
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert f"{name}.weight" in network.state_dict()


def test_the_seed_alone_decides_the_weights():
    first = initial_network(cnn(seed=7)).state_dict()
    torch.manual_seed(123)
    torch.rand(17)
    before = torch.get_rng_state()
    second = initial_network(cnn(seed=7)).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], second[name]) for name in first)
    other = initial_network(cnn(seed=8)).state_dict()
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


def test_two_ways_that_meet():
    network = initial_network(residual()).eval()
    x = torch.randn(3, 1, 8, 8)
    expected = network.fc(torch.flatten(network.conv1(x) + x, 1))
    assert torch.equal(network(x), expected)


def test_every_value_can_be_seen_and_is_what_the_plan_promises():
    for make in (*PLANS.values(), residual):
        drawn = make()
        network = initial_network(drawn).eval()
        x = torch.randn(3, 1, 8, 8)
        values = run(network, x)
        assert set(values) == {value for value in drawn.shapes if value[0] not in drawn.asides}
        for value, tensor in values.items():
            assert tensor.shape == (3, *drawn.shapes[value].dims)
        assert torch.equal(values[drawn.result], network(x))


def test_values_that_nobody_needs_are_let_go():
    drawn = planned(*[block("linear", out_features=64)] * 0, block("flatten"), *_linears(6))
    network = initial_network(drawn)
    for operation in network._operations[1:]:
        assert len(operation.finished) == 1
    kept = {place for operation in network._operations for place in operation.finished}
    assert network._result not in kept


def _linears(count):
    return [block("linear", out_features=10) for _ in range(count)]


def test_a_value_that_two_nodes_read_stays_until_the_second():
    network = initial_network(residual())
    by_node = {operation.node: operation for operation in network._operations}
    assert by_node["conv1"].finished == ()
    assert len(by_node["add"].finished) == 2


def test_a_node_that_leads_nowhere_is_not_built():
    document, name = add_node(cnn().document, block("relu"))
    document = connect(document, Wire("conv1", name))
    assert initial_network(plan(document))(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", list(PLANS))
@pytest.mark.filterwarnings("ignore")  # torch's own, about its LSTM
def test_torch_export_traces_it(name, strict):
    network = initial_network(PLANS[name]()).eval()
    batch = ({0: torch.export.Dim.DYNAMIC},)
    traced = torch.export.export(
        network, (torch.randn(3, 1, 8, 8),), dynamic_shapes=batch, strict=strict
    )
    x = torch.randn(5, 1, 8, 8)
    torch.testing.assert_close(traced.module()(x), network(x))
