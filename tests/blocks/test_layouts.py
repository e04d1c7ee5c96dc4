"""No drawing ends the program: every block trains behind every memory layout."""

import subprocess
import sys

import pytest
from hypothesis import given

from explorer.engine.network.build import layer_of
from explorer.plan.layouts import reorders
from explorer.plan.source import network_source
from tests.blocks.cases import LAYERS, accepted, cases, sample, step
from tests.blocks.odd_layouts import few
from tests.blocks.test_laws import evaluate
from tests.engine.making import planned
from tests.making import block

TRY = "from tests.blocks.odd_layouts import main; main()"
SHARES = 4  # of the blocks, for a process each


@pytest.mark.parametrize("share", range(SHARES))
def test_every_block_trains_behind_every_layout(share):
    kinds = list(LAYERS)[share::SHARES]
    command = [sys.executable, "-W", "ignore", "-c", TRY, *kinds]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, f"{last}\n{done.stderr[-2000:]}"


def in_order(value):
    strides = [step for size, step in zip(value.shape, value.stride(), strict=True) if size > 1]
    return strides == sorted(strides, reverse=True)


@pytest.mark.parametrize("kind", LAYERS)
def test_who_gives_out_another_order_is_known(kind):
    @few
    @given(cases(LAYERS[kind]))
    def law(case):
        block, shapes = case
        if accepted(block, shapes) is None or block.weight_count(*shapes):
            return
        made = step("node", block, [], shapes, ())
        layer = layer_of(made.call) if made.call.layer else None
        inputs = [sample(block, shape) for shape in shapes]
        outputs = evaluate(made.call, layer, block.inputs, inputs)
        assert reorders(made) or all(in_order(each) for each in outputs)

    law()


def test_a_copy_is_made_only_where_one_is_needed():
    permute, norm = block("permute", order="W C H"), block("group_norm", num_groups=1)
    end = block("flatten"), block("linear", out_features=10)
    convolution = block("conv2d", out_channels=4)
    needed = ((permute, norm), (permute, block("relu"), norm))
    for row in needed:
        assert network_source(planned(*row, *end)).count(".contiguous()") == 1, row
    for row in ((norm,), (norm, permute, norm), (convolution, permute, norm), (permute,)):
        assert ".contiguous()" not in network_source(planned(*row, *end)), row
