"""Laws that hold for every block in the catalogue, those that nobody has written yet included."""

import collections
import json
import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from explorer.blocks.catalogue import GROUPS, block_of, catalogue
from explorer.engine.network.build import Network, layer_of
from explorer.graph import edits, files
from explorer.graph.block import Shape
from explorer.graph.document import Document
from explorer.plan.source import network_name, network_source
from tests.blocks.cases import (
    LAYERS,
    accepted,
    blocks,
    cases,
    long_vector,
    refused,
    sample,
    side_by_side,
)

ENOUGH = 50
many = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
each_layer = pytest.mark.parametrize("kind", LAYERS)
each_block = pytest.mark.parametrize("kind", catalogue())


def trilinear_flops(a, weights, *_, **__):
    """Of a (N, A) and weights (O, A, B)."""
    return 2 * a[0] * math.prod(weights)


UNCOUNTED = {torch.ops.aten._trilinear: trilinear_flops}  # torch's counter leaves nn.Bilinear out


def evaluate(call, layer, ports, inputs):
    """The meaning of a Call, spelled out independently of the engine."""
    scope = {"torch": torch, "nn": nn, "F": functional, "layer": layer}
    values = dict(zip(ports, inputs, strict=True))
    for text in call.forward:
        names = {port: f"values[{port!r}]" for port in ports}
        values[ports[0]] = eval(text.format(layer="layer", **names), {**scope, "values": values})
    y = values[ports[0]]
    return [eval(text.format(y="y"), {**scope, "y": y}) for text in call.outputs]


@each_block
def test_it_explains_itself(kind):
    block_class = catalogue()[kind]
    assert block_class.title
    assert block_class.stem
    assert block_class.group in GROUPS
    assert len(block_class.summary) > 80, "one paragraph with formula and source"
    for parameter in block_class.parameters():
        assert parameter.help.endswith("."), f"{parameter.name} needs a sentence of help"
        if parameter.type in ("int", "float"):
            assert parameter.low is not None, f"{parameter.name} has no limits"
            assert parameter.high is not None, f"{parameter.name} has no limits"
            assert parameter.default is None or (
                parameter.low <= parameter.default <= parameter.high
            )
    block_class()


@each_layer
def test_promised_shape_weights_and_macs_are_torchs_on_the_meta_device(kind):
    counts = collections.Counter()

    @many
    @given(cases(LAYERS[kind]))
    def law(case):
        block, shapes = case
        promised = accepted(block, shapes) if counts["accepted"] < ENOUGH else None
        if promised is None:
            return
        call = block.layer(*shapes)
        with torch.device("meta"):
            layer = layer_of(call) if call.layer else None
            inputs = [sample(block, shape, device="meta") for shape in shapes]
        if layer is not None:
            layer.train()
        counter = FlopCounterMode(display=False, custom_mapping=UNCOUNTED)
        with torch.no_grad(), counter as flops:
            outputs = evaluate(call, layer, block.inputs, inputs)
        assert [tuple(out.shape) for out in outputs] == [(2, *s.dims) for s in promised]
        trainable = sum(p.numel() for p in layer.parameters()) if layer else 0
        assert block.weight_count(*shapes) == trainable
        assert block.macs(*shapes) * 2 * 2 == flops.get_total_flops()
        assert all(isinstance(line, str) and line for line in block.arithmetic(*shapes))
        counts["accepted"] += 1

    law()
    assert counts["accepted"] >= ENOUGH


@each_layer
def test_refusals_are_sentences_and_their_fix_repairs(kind):
    @many
    @given(cases(LAYERS[kind]))
    def law(case):
        block, shapes = case
        refusal = refused(block, shapes)
        if refusal is None:
            return
        assert len(str(refusal)) > 15
        fix = refusal.fix
        if fix is not None and fix.insert:
            inserted = block_of(fix.insert)(**dict(fix.insert_changes))
            place = block.inputs.index(fix.insert_at) if fix.insert_at else 0
            (between,) = inserted.output_shapes(shapes[place])
            assert between != shapes[place]
        elif fix is not None:
            repaired = type(block)(**{**block.values(), **dict(fix.changes)})
            assert repaired != block
            assert str(refused(repaired, shapes)) != str(refusal)

    law()


@each_block
def test_every_parameter_survives_the_file(kind):
    @settings(max_examples=50, deadline=None)
    @given(blocks(catalogue()[kind]))
    def law(block):
        document, name = edits.add_node(Document(), block)
        text = files.dump(document)
        json.loads(text)
        assert files.load(text, block_of).document.nodes[name].block == block

    law()


@each_layer
def test_printed_source_and_built_network_give_equal_outputs_with_equal_weights(kind):
    counts = collections.Counter()

    @settings(many, max_examples=200)
    @given(cases(LAYERS[kind]), st.integers(0, 99))
    def law(case, seed):
        block, shapes = case
        if counts["equal"] >= ENOUGH or accepted(block, shapes) is None:
            return
        checked = side_by_side([case])
        torch.manual_seed(seed)
        network = Network(checked).eval()
        scope = {"torch": torch, "nn": nn, "F": functional}
        exec(compile(network_source(checked), "printed.py", "exec"), scope)
        printed = scope[network_name(checked)]().eval()
        printed.load_state_dict(network.state_dict(), strict=True)
        x = long_vector([case])
        with torch.no_grad():
            assert torch.equal(printed(x), network(x))
        counts["equal"] += 1

    law()
    assert counts["equal"] >= ENOUGH


@pytest.mark.parametrize(
    ("kind", "dims"), [("image", (2, 3)), ("vector", (0,)), ("sequence", (1, -2)), ("tokens", ())]
)
def test_a_shape_that_cannot_be_is_refused(kind, dims):
    with pytest.raises(ValueError, match="is not the shape of"):
        Shape(kind, dims)
