"""Groups in plan, network and source: nested classes, independent copies, honest refusals."""

import ast
import random

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.network.build import Network, initial_network, layers, run
from explorer.graph.document import Document, Wire
from explorer.graph.edits import (
    EditError,
    chain,
    connect,
    disconnect,
    remove_nodes,
    rename,
    set_title,
)
from explorer.graph.groups import make_group, rename_group, set_repeat
from explorer.plan.costs import costs
from explorer.plan.documents import examples
from explorer.plan.plan import plan
from explorer.plan.source import network_name, network_source, source
from tests.making import block
from tests.plan.test_source import (
    LONG,
    assert_left_alone,
    assert_same_network,
    example,
    ready,
    run_source,
)


def row(*named, title="Row") -> Document:
    blocks = [part if isinstance(part, tuple) else (None, part) for part in named]
    document = Document(title=title, dataset="digits-8x8")
    return chain(document, [(None, block("input")), *blocks, (None, block("output"))])


def residual(repeat: int = 1) -> Document:
    """A stem, a residual block as a group, a head."""
    document = row(
        ("stem", block("conv2d", out_channels=4, padding=1)),
        ("conv1", block("conv2d", out_channels=4, padding=1)),
        ("bn1", block("batch_norm2d")),
        ("relu1", block("relu")),
        ("conv2", block("conv2d", out_channels=4, padding=1)),
        ("add", block("add")),
        ("relu2", block("relu")),
        ("flatten", block("flatten")),
        ("head", block("linear", out_features=10)),
        title="Residual net",
    )
    document = connect(document, Wire("stem", "add", "y", "b"))
    document, _ = make_group(document, {"conv1", "bn1", "relu1", "conv2", "add", "relu2"})
    return set_repeat(document, "block1", repeat)


def two_in_two_out() -> Document:
    """Two branches, grouped across: two values in, two out."""
    document = row(
        ("stem", block("conv2d", out_channels=4, padding=1)),
        ("left", block("conv2d", out_channels=4, padding=1)),
        ("left2", block("conv2d", out_channels=4, padding=1)),
        ("add", block("add")),
        ("flatten", block("flatten")),
        ("head", block("linear", out_features=10)),
        title="Two",
    )
    document = chain(
        document,
        [
            ("right", block("conv2d", out_channels=4, padding=1)),
            ("right2", block("max_pool2d", kernel_size=3, stride=1, padding=1)),
        ],
    )
    document = connect(document, Wire("stem", "right"))
    document = connect(document, Wire("right2", "add", "y", "b"))
    return make_group(document, {"left2", "right2"}, "both")[0]


def sequence(repeat: int) -> Document:
    """Attention with a residual path, as often as wanted, after a recurrent layer."""
    document = row(
        block("rows_to_sequence"),
        ("lstm", block("lstm", hidden_size=8)),
        ("norm", block("layer_norm")),
        ("attention", block("self_attention", num_heads=2)),
        ("add", block("add")),
        ("mean", block("mean_over_time")),
        ("fc", block("linear", out_features=10)),
        title="Sequence",
    )
    document = connect(document, Wire("lstm", "add", "y", "b"))
    document, _ = make_group(document, {"norm", "attention", "add"}, "layer")
    document, _ = make_group(document, {"lstm"}, "memory")
    return set_repeat(document, "layer", repeat)


def long_names() -> Document:
    document = set_repeat(residual(), "block1", 12)
    for number, name in enumerate(["stem", "conv1", "add", "relu2"]):
        document = rename(document, name, f"{LONG[:-1]}{'abcd'[number]}")
    return rename_group(document, "block1", LONG)


def clashing_classes() -> Document:
    """Two groups and the network would all have the same class."""
    document, _ = make_group(example("tutorial-cnn"), {"conv1", "relu1"}, "tutorial_cnn")
    document, _ = make_group(document, {"conv2"}, "tutorialCnn")
    document, _ = make_group(document, {"fc2"}, "tutorial_CNN")
    return document


def whole_network() -> Document:
    return make_group(
        example("tutorial-cnn"),
        set(example("tutorial-cnn").nodes)
        - {
            node.id for node in example("tutorial-cnn").nodes.values() if node.block.role != "layer"
        },
    )[0]


def no_weights() -> Document:
    document = example("tutorial-cnn")
    relu = next(name for name, node in document.nodes.items() if node.block.kind == "relu")
    document, _ = make_group(document, {relu}, "bend")
    return set_repeat(document, "bend", 2)


def bends() -> Document:
    """Two groups that compute the same by layers without weights, and a third that does not."""
    document = chain(
        Document(title="Bends", dataset="digits-8x8"),
        [
            ("input", block("input")),
            *[(f"{kind}{at}", block(kind)) for at in "ab" for kind in ("relu", "dropout")],
            ("relu_c", block("relu")),
            ("dropout_c", block("dropout", p=0.25)),
            ("flatten", block("flatten")),
            ("fc", block("linear", out_features=10)),
            ("output", block("output")),
        ],
    )
    for number, end in enumerate(["a", "b", "_c"]):
        document, _ = make_group(document, {f"relu{end}", f"dropout{end}"}, f"bend{number}")
    return document


CASES = {
    "residual": residual,
    "residual, 3 times": lambda: residual(3),
    "two in, two out": two_in_two_out,
    "sequence": lambda: sequence(1),
    "sequence, 4 times": lambda: sequence(4),
    "long names": long_names,
    "clashing classes": clashing_classes,
    "whole network": whole_network,
    "bends": bends,
    "no weights": no_weights,
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def made(request):
    return ready(request.param())


def test_source_computes_what_the_network_computes(made) -> None:
    assert_same_network(made)


def test_a_formatter_and_a_linter_leave_every_file_alone(tmp_path) -> None:
    for number, case in enumerate(CASES.values()):
        (tmp_path / f"case{number}.py").write_text(source(ready(case())), encoding="utf-8")
    assert_left_alone(tmp_path)


def test_weights_and_macs_are_those_of_all_copies(made) -> None:
    network = Network(made)
    assert made.weights == sum(weights.numel() for weights in network.parameters())
    one, three = plan(residual()), plan(residual(3))
    assert three.step_of["conv1"].macs == 3 * one.step_of["conv1"].macs
    assert three.parts["block1"].weights == 3 * one.parts["block1"].weights


@pytest.mark.parametrize("repeat", [1, 4])
def test_macs_are_what_torch_counts(repeat) -> None:
    made = plan(residual(repeat))
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        Network(made).eval()(torch.empty(1, 1, 8, 8))
    assert counter.get_total_flops() == 2 * made.macs


def test_copies_are_independent_and_named_by_their_number() -> None:
    network = Network(ready(residual(3)))
    names = [name for name in network.state_dict() if name.endswith("conv1.weight")]
    assert names == [f"block1.{copy}.conv1.weight" for copy in range(3)]
    weights = [network.state_dict()[name] for name in names]
    assert not torch.equal(weights[0], weights[1])
    assert "block1.conv1.weight" in Network(ready(residual())).state_dict()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        y = self.conv2(torch.relu(self.bn1(self.conv1(x))))
        return torch.relu(x + y)


class ByHand(nn.Module):
    def __init__(self, repeat):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.block1 = nn.Sequential(*(Block() for _ in range(repeat)))
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.block1(self.stem(x)).flatten(1))


def test_it_is_the_network_that_one_would_write_by_hand() -> None:
    network, by_hand = Network(ready(residual(3))).eval(), ByHand(3).eval()
    by_hand.load_state_dict(network.state_dict(), strict=True)
    x = torch.randn(4, 1, 8, 8)
    torch.testing.assert_close(network(x), by_hand(x))


def test_memory_and_receptive_field_count_every_copy() -> None:
    one, three = ({c.node: c for c in costs(plan(residual(n)))} for n in (1, 3))
    assert three["conv1"].numbers == 3 * one["conv1"].numbers
    assert str(one["relu2"].field) == "7 x 7"  # stem, then two convolutions of 3 x 3 a copy
    assert str(three["relu2"].field) == "15 x 15"


def test_gradients_reach_every_copy() -> None:
    network = Network(ready(residual(3)))
    network(torch.randn(4, 1, 8, 8)).sum().backward()
    assert all(weights.grad is not None for weights in network.parameters())


def test_views_see_the_last_copy() -> None:
    made = ready(residual(3))
    network = initial_network(made).eval()
    x = torch.randn(1, 1, 8, 8)
    values = run(network, x)
    last = layers(network)["conv2"]
    assert last is network.get_submodule("block1.2.conv2")
    torch.testing.assert_close(values["conv2", "y"], last(values["relu1", "y"]))
    expected = values["relu2", "y"].flatten(1)
    torch.testing.assert_close(values["head", "y"], network.get_submodule("head")(expected))


def test_the_source_reads_as_one_would_write_it() -> None:
    text = network_source(ready(residual(3)))
    assert (
        "class Block1(nn.Module):\n"
        '    """4 x 8 x 8 in, 4 x 8 x 8 out; 304 weights."""\n'
        "\n"
        "    def __init__(self) -> None:\n"
        "        super().__init__()\n"
        "        self.conv1 = nn.Conv2d(4, 4, kernel_size=3, padding=1)\n"
        "        self.bn1 = nn.BatchNorm2d(4)\n"
        "        self.conv2 = nn.Conv2d(4, 4, kernel_size=3, padding=1)\n"
        "\n"
        "    def forward(self, x: torch.Tensor) -> torch.Tensor:\n"
    ) in text
    assert "        self.block1 = nn.Sequential(*(Block1() for _ in range(3)))\n" in text
    assert "        x = self.block1(x)  # 4 x 8 x 8\n" in text
    assert "        self.block1 = Block1()\n" in network_source(ready(residual()))


def test_groups_without_weights_that_compute_the_same_share_a_class() -> None:
    text = network_source(ready(bends()))
    classes = [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert classes == ["Bend0", "Bend2", "Bends"]
    assert "self.bend0 = Bend0()" in text
    assert "self.bend1 = Bend0()" in text


def test_a_class_without_layers_has_no_constructor() -> None:
    document, _ = make_group(example("tutorial-cnn"), {"relu1"}, "bend")
    (bend, network) = ast.parse(network_source(ready(document))).body
    assert [node.name for node in bend.body if isinstance(node, ast.FunctionDef)] == ["forward"]
    assert "__init__" in [n.name for n in network.body if isinstance(n, ast.FunctionDef)]


def test_classes_have_names_of_their_own() -> None:
    names = [node.name for node in ast.parse(network_source(ready(clashing_classes()))).body]
    assert len(set(names)) == len(names) == 4
    assert "Residual" not in names


def test_a_group_that_can_not_be_repeated_says_why_with_the_numbers() -> None:
    changed = set_repeat(two_in_two_out(), "both", 3)
    problem = plan(changed).problems[0]
    assert problem.message == (
        "both is repeated 3 times in a row, so it must take one value, but it takes 2 "
        "(left, right)."
    )
    assert plan(problem.fix.edit(changed)).ready
    wider, _ = make_group(example("tutorial-cnn"), {"conv1"})
    message = plan(set_repeat(wider, "block1", 2)).problems[0].message
    assert message == (
        "block1 is repeated 2 times in a row, so it must give what it takes, but it takes "
        "1 x 28 x 28 and gives 32 x 28 x 28."
    )


def test_the_steps_of_a_group_follow_each_other() -> None:
    steps = [step.group for step in ready(two_in_two_out()).steps]
    first = steps.index("both")
    assert steps[first : first + 2] == ["both", "both"]
    assert steps.count("both") == 2


def test_an_unfinished_drawing_shows_its_groups() -> None:
    document = set_title(remove_nodes(residual(3), ["head"]), "Unfinished")
    document = disconnect(document, [Wire("relu2", "flatten")])
    text = network_source(plan(document))
    ast.parse(text)
    assert "class Block1(nn.Module):" in text
    text = network_source(plan(set_repeat(two_in_two_out(), "both", 3)))
    ast.parse(text)
    ast.parse(network_source(plan(remove_nodes(residual(), ["input"]))))


def test_random_groups_of_every_example_compute_the_same() -> None:
    choose, tried = random.Random(7), 0
    for name in examples():
        document = example(name)
        for _ in range(6):
            inside = [n for n, node in document.nodes.items() if node.block.role == "layer"]
            start = choose.randrange(len(inside))
            ids = inside[start : start + choose.randint(1, 6)]
            try:
                document, _ = make_group(document, ids)
            except EditError:
                continue
            tried += 1
        made = plan(document)
        if not made.ready:
            continue
        network = initial_network(made).eval()
        x = torch.randn(2, *made.dataset.shape.dims)
        written = run_source(source(made))[network_name(made)]().eval()
        written.load_state_dict(network.state_dict(), strict=True)
        plain = initial_network(plan(example(name))).eval()
        paths = {step.path(0)[-1]: ".".join(step.path(0)) for step in made.steps}
        plain.load_state_dict(
            {
                key: network.state_dict()[".".join((paths[key.split(".")[0]], *key.split(".")[1:]))]
                for key in plain.state_dict()
            }
        )
        with torch.inference_mode():
            assert torch.equal(network(x), plain(x))
            assert torch.equal(written(x), network(x))
    assert tried > 20
