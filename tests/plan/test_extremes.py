"""A law over extreme documents: whatever can be drawn has numbers that can be told, everywhere."""

import json
from itertools import chain as flat

import pytest

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.graph.files import dump, load
from explorer.graph.groups import make_group, set_repeat
from explorer.graph.limits import MOST_COPIES, MOST_NUMBERS
from explorer.plan.amounts import amount
from explorer.plan.costs import costs
from explorer.plan.plan import plan
from explorer.plan.source import network_source
from tests.cli.making import explorer
from tests.making import block

SINGLE = [
    kind
    for kind, cls in catalogue().items()
    if cls.role == "layer" and kind != "custom" and len(cls().inputs) == len(cls().outputs) == 1
]
BEFORE = {  # what makes an image into the shapes that blocks take
    "image": [],
    "sequence": [("rows_to_sequence", {})],
    "vector": [("flatten", {})],
}


def extremes(kind):
    """All parameters at their least, at their most, and each alone at its most."""
    numbers = [
        p for p in catalogue()[kind].parameters() if p.high is not None and p.low is not None
    ]

    def most(parameter):
        return int(parameter.high) if parameter.type == "int" else parameter.high

    def least(parameter):
        return int(parameter.low) if parameter.type == "int" else parameter.low

    yield {}
    yield {p.name: least(p) for p in numbers}
    yield {p.name: most(p) for p in numbers}
    yield from ({p.name: most(p)} for p in numbers)


def drawn(blocks, dataset="mnist"):
    row = [block("input"), *blocks, block("output")]
    return chain(Document(title="Extreme", dataset=dataset), [(None, each) for each in row])


def made(kind, parameters):
    try:
        return block(kind, **parameters)
    except ValueError:
        return None  # these don't go together


def told(document):
    """All that the program says of a document's size; fails where a number can't be told."""
    found = plan(document)
    assert all(shape.size <= MOST_NUMBERS for shape in found.shapes.values())
    words = [f"{found.weights:,} {found.macs:,} {float(found.macs):.3g} {amount(found.weights)}"]
    for cost in costs(found):
        words.append(f"{cost} {cost.field} {amount(cost.bytes(4096))}")
    for step in found.loose_steps():
        words += step.block.arithmetic(*step.input_shapes)
        words.append(" ".join(map(str, step.output_shapes)))
    words += [problem.message for problem in found.problems]
    assert network_source(found)
    assert max(map(len, words)) < 4_000
    return found


@pytest.mark.parametrize("kind", SINGLE)
def test_many_of_a_block_at_its_extremes(kind):
    for parameters in extremes(kind):
        one = made(kind, parameters)
        for before in BEFORE.values():
            adapters = [block(name, **values) for name, values in before]
            if one is not None:
                told(drawn([*adapters, *[one] * 30]))


LONG = {
    "growing": [("upsample", {"scale_factor": 16})],
    "shrinking, with a border that keeps it": [
        ("conv2d", {"out_channels": 4096, "stride": 16, "padding": 32, "kernel_size": 31})
    ],
    "to and fro": [
        ("upsample", {"scale_factor": 16}),
        ("conv2d", {"stride": 16, "padding": 32, "kernel_size": 31, "dilation": 16}),
    ],
    "padded": [("zero_pad", {"left": 64, "right": 64, "top": 64, "bottom": 64})],
    "transposed": [("conv_transpose2d", {"stride": 16, "kernel_size": 31})],
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("times", [40, 2_000])
def test_long_chains(name, times):
    row = [[block(kind, **values) for kind, values in LONG[name]] for _ in range(times)]
    ends = [block("flatten"), block("linear", out_features=10)]
    found = told(drawn([*flat.from_iterable(row), *ends]))
    if name in ("growing", "transposed"):
        first = found.problems[0]
        assert "numbers" in first.message
        assert first.node is not None


def test_repeated_groups():
    blocks = [block("conv2d", out_channels=1, stride=16, padding=32, kernel_size=31)] * 3
    document = drawn([*blocks, block("flatten"), block("linear", out_features=10)])
    names = [name for name in document.nodes if name.startswith("conv")]
    document, group = make_group(document, names[1:])
    told(set_repeat(document, group, MOST_COPIES))


def test_the_command_line_tells_them(tmp_path, capsys):
    path = tmp_path / "extreme.json"
    for row in LONG.values():
        path.write_text(dump(drawn([block(kind, **v) for _ in range(300) for kind, v in row])))
        assert load(path.read_text(), catalogue().get).document
        for more in ([], ["--json"]):
            assert explorer("info", path, *more) == 0
            out = capsys.readouterr().out
        assert all(json.loads(line) for line in out.splitlines())
        assert explorer("train", path, "--no-record") == 1
