"""Every bundled example opens, plans, costs what torch counts, and learns."""

import itertools

import pytest
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.network.build import Network, initial_network
from explorer.graph.files import dump
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan

WANTED = {
    "tutorial-cnn",
    "tutorial-lstm",
    "tutorial-attention",
    "lenet-5",
    "vgg-like",
    "resnet",
    "inception-like",
    "densenet-like",
    "mobilenet-like",
    "mlp",
    "vision-transformer",
    "cnn-attention",
}
ROOM = (150, 140)  # a block with its ports, a little more
BATCH = 4


@pytest.fixture(params=examples(), ids=str)
def loaded(request):
    return read(examples()[request.param])


def test_all_are_there():
    assert set(examples()) >= WANTED


def test_it_opens_without_remarks_and_plans(loaded):
    assert not loaded.remarks
    made = plan(loaded.document)
    assert not made.problems
    assert made.ready
    assert not made.asides, "every block is on the way to the Output"


def test_its_file_is_as_the_program_writes_it(loaded):
    (path,) = [p for p in examples().values() if read(p).document.title == loaded.document.title]
    assert read(path).document == loaded.document
    assert path.read_text(encoding="utf-8") == dump(loaded.document)


def test_its_weights_and_macs_are_torchs(loaded):
    made = plan(loaded.document)
    with torch.device("meta"):
        network = Network(made).train()
        x = torch.empty(BATCH, *made.dataset.shape.dims)
    with torch.no_grad(), FlopCounterMode(display=False) as flops:
        assert network(x).shape == (BATCH, len(made.dataset.classes))
    assert made.weights == sum(weights.numel() for weights in network.parameters())
    assert made.macs * BATCH * 2 == flops.get_total_flops()


def test_it_learns_a_few_samples_by_heart(loaded):
    made = plan(loaded.document)
    network = initial_network(made).train()
    torch.manual_seed(0)
    x = torch.randn(BATCH, *made.dataset.shape.dims)
    labels = torch.arange(BATCH)
    optimiser = torch.optim.Adam(network.parameters(), loaded.document.training.rate)
    losses = []
    for _ in range(8):
        optimiser.zero_grad()
        loss = functional.cross_entropy(network(x), labels)
        loss.backward()
        assert all(weights.grad is not None for weights in network.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_no_block_lies_on_another(loaded):
    for one, other in itertools.combinations(loaded.document.nodes.values(), 2):
        beside = abs(one.x - other.x) >= ROOM[0] or abs(one.y - other.y) >= ROOM[1]
        assert beside, f"{one.id} lies on {other.id}"


def test_wires_lead_right_or_down(loaded):
    nodes = loaded.document.nodes
    for wire in loaded.document.wires:
        source, target = nodes[wire.source], nodes[wire.target]
        assert target.x > source.x or target.y > source.y, str(wire)
