"""Costs of single blocks: sums, memory, and receptive fields as gradients show them."""

import pytest
import torch

from explorer.blocks.catalogue import catalogue
from explorer.engine.network.build import initial_network, run
from explorer.graph.document import Document, Wire
from explorer.graph.edits import add_node, chain, connect
from explorer.plan.costs import costs, receptive_fields
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan

CONV = {"out_channels": 3}
CHAINS = {
    "conv": [("conv2d", {"kernel_size": 5, **CONV})],
    "conv stride conv": [
        ("conv2d", {"stride": 2, **CONV}),
        ("relu", {}),
        ("conv2d", CONV),
    ],
    "dilated": [("conv2d", {"dilation": 3, **CONV}), ("conv2d", CONV)],
    "pools": [
        ("conv2d", CONV),
        ("avg_pool2d", {}),
        ("conv2d", CONV),
        ("avg_pool2d", {"kernel_size": 3, "stride": 1}),
    ],
    "depthwise": [("depthwise_separable_conv2d", {"stride": 2, **CONV}), ("conv2d", CONV)],
    "up": [("conv2d", CONV), ("conv_transpose2d", CONV), ("conv2d", CONV)],
    "up wide": [("conv_transpose2d", {"kernel_size": 4, **CONV}), ("conv2d", CONV)],
    "cells": [("conv2d", CONV), ("adaptive_pool2d", {"height": 13, "width": 13}), ("conv2d", CONV)],
    "uneven cells": [("conv2d", CONV), ("adaptive_pool2d", {"height": 4, "width": 4})],
    "nearest": [("upsample", {}), ("conv2d", CONV)],
    "patches": [("patch_embedding", {"patch_size": 7}), ("linear", {})],
    "rows": [("rows_to_sequence", {}), ("linear", {}), ("conv1d", CONV), ("relu", {})],
    "attention": [("rows_to_sequence", {}), ("self_attention", {"num_heads": 1})],
}
ENDS = [("flatten", {}), ("linear", {"out_features": 10})]


def network_of(blocks):
    kinds = catalogue()
    made = [(None, kinds[kind](**values)) for kind, values in [*blocks, *ENDS]]
    return plan(chain(Document(), [(None, kinds["input"]()), *made, (None, kinds["output"]())]))


def seen(made, value):
    """Height and width of the input pixels that change a place in the middle of a value: the most
    of two neighbours, as an output that is finer than its input sees more here and less there.
    """
    network = initial_network(made).double().eval()
    for weights in network.parameters():
        torch.nn.init.uniform_(weights, 0.5, 1.0)
    sizes = []
    for shift in (0, 1):
        x = torch.rand(1, *made.dataset.shape.dims, dtype=torch.float64, requires_grad=True)
        y = run(network, x)[value][0]
        if y.ndim == 3:
            place = y[:, y.shape[1] // 2 + shift, y.shape[2] // 2 + shift]
        else:
            place = y[y.shape[0] // 2 + shift]
        (place * torch.rand_like(place)).sum().backward()
        rows, columns = (x.grad[0, 0] != 0).nonzero(as_tuple=True)
        sizes.append((int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1))
    return tuple(max(side) for side in zip(*sizes, strict=True))


@pytest.mark.parametrize("name", CHAINS)
def test_the_receptive_field_is_where_gradients_lead(name):
    made = network_of(CHAINS[name])
    assert made.ready, made.problems
    step = made.steps[len(CHAINS[name]) - 1]
    value = (step.node, step.block.outputs[0])
    field = receptive_fields(made)[value]
    assert (field.height, field.width) == seen(made, value)


def test_ways_side_by_side_count_the_widest():
    kinds = catalogue()
    document = chain(
        Document(),
        [
            (None, kinds["input"]()),
            ("a", kinds["conv2d"](out_channels=1, padding=1)),
            ("b", kinds["conv2d"](out_channels=1, padding=1)),
            ("add", kinds["add"]()),
            (None, kinds["flatten"]()),
            (None, kinds["linear"]()),
            (None, kinds["output"]()),
        ],
    )
    made = plan(connect(document, Wire("input", "add", "y", "b")))
    assert str(receptive_fields(made)["add", "y"]) == "5 x 5"


@pytest.mark.parametrize("name", examples())
def test_the_sums_are_the_plans(name):
    made = plan(read(examples()[name]).document)
    rows = costs(made)
    assert [row.node for row in rows] == [step.node for step in made.steps]
    assert sum(row.weights for row in rows) == made.weights
    assert sum(row.macs for row in rows) == made.macs
    assert all(row.field is not None for row in rows), "each block of an example tells its sight"


def test_memory_is_that_of_the_outputs():
    made = plan(read(examples()["tutorial-cnn"]).document)
    by_name = {row.node: row for row in costs(made)}
    channels, height, width = made.shapes["conv1", "y"].dims
    assert by_name["conv1"].bytes(64) == 64 * channels * height * width * 4


def test_nothing_to_count_is_no_fault():
    assert costs(plan(Document())) == ()
    document, _ = add_node(Document(), catalogue()["conv2d"]())
    assert costs(plan(document)) == ()
