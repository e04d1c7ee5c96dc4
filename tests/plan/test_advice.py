"""Advice: what can be trained and is hardly meant so is said, with a fix, and blocks nothing."""

import pytest

from explorer.blocks.catalogue import catalogue
from explorer.graph import edits
from explorer.graph.document import Document, Wire
from explorer.graph.edits import chain
from explorer.graph.groups import make_group, set_repeat
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from tests.making import block

ACTIVATIONS = [kind for kind, each in catalogue().items() if each.group == "activation"]
LOGITS = ("fc", block("linear", out_features=10))


def row(*blocks, dataset="digits-8x8") -> Document:
    named = [each if isinstance(each, tuple) else (None, each) for each in blocks]
    ends = [("input", block("input")), *named, ("output", block("output"))]
    return chain(Document(title="Row", dataset=dataset), ends)


def sequence(*blocks) -> Document:
    return row(block("rows_to_sequence"), *blocks)


def advised(document: Document) -> list[str]:
    """The nodes that are advised of; the network is ready all the same."""
    made = plan(document)
    assert made.ready, [problem.message for problem in made.problems]
    assert not made.problem_of
    assert {problem.severity for problem in made.advice} <= {"advice"}
    return [problem.node for problem in made.advice]


DOUBTFUL = {
    **{
        f"{kind} makes the logits": (row(block("flatten"), LOGITS, ("last", block(kind))), "last")
        for kind in ACTIVATIONS
        if kind != "glu"
    },
    "softmax, then dropout": (
        row(block("flatten"), LOGITS, ("last", block("softmax")), block("dropout")),
        "last",
    ),
    "ReLU, then flatten": (
        row(block("conv2d", out_channels=10, kernel_size=8), ("bend", block("relu")),
            block("flatten")),
        "bend",
    ),
    "two Linear": (row(block("flatten"), ("fc1", block("linear")), LOGITS), "fc"),
    "two Linear and dropout": (
        row(block("flatten"), ("fc1", block("linear")), block("dropout"), LOGITS),
        "fc",
    ),
    "two convolutions": (
        row(("conv1", block("conv2d")), ("conv2", block("conv2d")), block("relu"),
            block("flatten"), LOGITS),
        "conv2",
    ),
    **{
        f"{end} of {kind}": (
            sequence(block(kind, hidden_size=8, bidirectional=True), ("end", block(end)), LOGITS),
            "end",
        )
        for kind in ("lstm", "gru", "rnn")
        for end in ("last_step", "first_step")
    },
    "last step after dropout": (
        sequence(block("lstm", hidden_size=8, bidirectional=True), block("dropout"),
                 ("end", block("last_step")), LOGITS),
        "end",
    ),
}  # fmt: skip
FINE = {
    "a GLU": row(block("flatten"), block("linear", out_features=20), block("glu")),
    "ReLU, then a mean (Lin et al. 2013)": row(
        block("conv2d", out_channels=10), block("relu"), block("global_pool")
    ),
    "an activation between": row(block("flatten"), block("linear"), block("relu"), LOGITS),
    "a norm between, as in a bottleneck": row(
        block("conv2d"), block("batch_norm2d"), block("conv2d"), block("relu"),
        block("flatten"), LOGITS,
    ),
    "two halves of a separable convolution": row(
        block("conv2d", out_channels=4), block("relu"), block("conv2d", out_channels=4, groups=4),
        block("conv2d", out_channels=8, kernel_size=1), block("relu"), block("flatten"), LOGITS,
    ),
    "the last step of one direction": sequence(
        block("lstm", hidden_size=8), block("last_step"), LOGITS
    ),
    "the mean of both": sequence(
        block("lstm", hidden_size=8, bidirectional=True), block("mean_over_time"), LOGITS
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "node"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_said_and_the_fix_ends_it(document, node):
    assert advised(document) == [node]
    (found,) = plan(document).advice
    assert node in found.message
    assert found.fix is not None
    assert advised(found.fix.edit(document)) == []


@pytest.mark.parametrize("document", FINE.values(), ids=FINE)
def test_what_is_meant_so_is_left_alone(document):
    assert advised(document) == []


@pytest.mark.parametrize("name", examples())
def test_no_example_gets_advice(name):
    assert advised(read(examples()[name]).document) == []


def test_a_layer_whose_output_is_used_elsewhere_is_no_half_of_a_pair():
    document = row(
        block("flatten"), ("fc1", block("linear", out_features=10)),
        ("fc2", block("linear", out_features=10)), ("add", block("add")),
    )  # fmt: skip
    document = edits.connect(document, Wire("fc1", "add", "y", "b"))
    assert advised(document) == []


@pytest.mark.parametrize("bent", [True, False])
def test_copies_of_a_linear_layer_are_told(bent):
    inside = [("same", block("linear", out_features=64)), ("bend", block("relu"))]
    document = row(block("flatten"), *inside[: 1 + bent], ("bend2", block("relu")), LOGITS)
    members = {name for name, _ in inside[: 1 + bent]}
    document, name = make_group(document, members, "stack")
    assert advised(document) == []
    assert advised(set_repeat(document, name, 3)) == ([] if bent else ["same"])


def test_no_fix_where_it_would_change_more():
    """The softmax is read twice; the last layer is one of three copies."""
    document = row(block("flatten"), LOGITS, ("share", block("softmax")), ("add", block("add")))
    document = edits.connect(document, Wire("share", "add", "y", "b"))
    assert advised(document) == []  # the sum makes the logits
    document = row(block("flatten"), LOGITS, ("bend", block("relu")))
    document, name = make_group(document, {"bend"}, "bends")
    (found,) = plan(set_repeat(document, name, 3)).advice
    assert found.fix is None


def test_no_more_than_the_numbers_allow_is_said_of_a_bounded_output():
    """Softmax of (1, 0, ..., 0) over ten classes: e / (e + 9) = 23.2 %."""
    (found,) = plan(row(block("flatten"), LOGITS, block("softmax"))).advice
    assert "23 %" in found.message


SIZES = [((8, 6, 6), (8, 7, 7)), ((8, 7, 7), (4, 14, 14)), ((2, 6, 8), (2, 7, 7)),
         ((3, 5, 9), (3, 20, 30)), ((16, 7, 7), (8, 6, 6))]  # fmt: skip


@pytest.mark.parametrize("kind", ["add", "concatenate", "multiply"])
@pytest.mark.parametrize(("one", "other"), SIZES)
def test_images_of_two_sizes_are_brought_together_by_one_click(kind, one, other):
    document = Document(dataset="mnist")
    document, _ = edits.add_node(document, block("input"), name="input")
    for name, (channels, height, width) in (("one", one), ("other", other)):
        made = block("conv2d", out_channels=channels, kernel_size=1)
        document, _ = edits.add_node(document, made, name=f"{name}_conv")
        pool = block("adaptive_pool2d", height=height, width=width)
        document, _ = edits.add_node(document, pool, name=name)
        document = edits.connect(document, Wire("input", f"{name}_conv"))
        document = edits.connect(document, Wire(f"{name}_conv", name))
    document, _ = edits.add_node(document, block(kind), name="join")
    document = edits.connect(document, Wire("one", "join", "y", "a"))
    document = edits.connect(document, Wire("other", "join", "y", "b"))
    problem = plan(document).problem_of["join"]
    assert problem.fix is not None
    assert "join" not in plan(problem.fix.edit(document)).problem_of
