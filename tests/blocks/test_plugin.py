"""A block of a one-file module, as a plug-in brings it: wherever its file lies, it works."""

import importlib
import sys

import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.blocks.catalogue import block_of
from explorer.blocks.dense.linear import Linear
from explorer.blocks.inputs.input import Input
from explorer.blocks.inputs.output import Output
from explorer.blocks.shape.flatten import Flatten
from explorer.engine.network.build import Network
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.plan.plan import plan
from explorer.plan.source import network_name, network_source

TEXT = '''"""An activation."""

from explorer.graph.block import Block, Call, Shape, param


class Mish(Block):
    """x tanh(softplus(x))."""

    title = "Mish"
    stem = "mish"
    summary = "x tanh(softplus(x))."
    inplace: bool = param(False, "Whether it writes over its input.")
{more}
    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        return Call.module("nn.Mish", defaults={{"inplace": False}}, inplace=self.inplace)
'''


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """The block's class of a module that lies at this dotted place."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def bring(place, more=""):
        file = tmp_path.joinpath(*place.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TEXT.format(more=more), encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module(place).Mish

    yield bring
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("place", "group", "kind"),
    [
        ("swish_like", "plugins", "swish_like"),
        ("family.swish_like", "family", "swish_like"),
        ("one.two.family.swish_like", "family", "swish_like"),
    ],
)
def test_it_is_named_by_its_file(brought, place, group, kind):
    block_class = brought(place)
    assert (block_class.group, block_class.kind) == (group, kind)


def test_it_may_name_itself(brought):
    block_class = brought("swish_like", '    kind = "mish"\n    group = "activation"\n')
    assert (block_class.group, block_class.kind) == ("activation", "mish")


def test_it_is_drawn_saved_built_and_printed(brought):
    block_class = brought("swish_like")
    kinds = {block_class.kind: block_class}
    blocks = [Input(), Flatten(), block_class(), Linear(out_features=10), Output()]
    drawn = chain(Document(title="Row", dataset="digits-8x8"), [(None, one) for one in blocks])
    opened = files.load(files.dump(drawn), lambda kind: kinds.get(kind) or block_of(kind)).document
    assert opened == drawn
    made = plan(opened)
    network = Network(made).eval()
    scope = {"torch": torch, "nn": nn, "F": functional}
    exec(compile(network_source(made), "printed.py", "exec"), scope)
    printed = scope[network_name(made)]().eval()
    printed.load_state_dict(network.state_dict())
    x = torch.randn(3, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(printed(x), network(x))
