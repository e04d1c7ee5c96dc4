"""One click mends: each fix takes its problem away, brings no other, and undo takes it back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.blocks.catalogue import catalogue
from explorer.datasets.catalogue import datasets
from explorer.graph import edits
from explorer.graph.block import Shape
from explorer.graph.document import Document, Wire
from explorer.graph.groups import make_group
from explorer.graph.history import History
from explorer.plan.plan import plan
from tests.making import block

KINDS = sorted(catalogue())


def row(*parts, dataset="mnist"):
    """Blocks in a row: kinds, or (kind, parameters)."""
    parts = [(part, {}) if isinstance(part, str) else part for part in parts]
    blocks = [(None, block(kind, **parameters)) for kind, parameters in parts]
    return edits.chain(Document(dataset=dataset), blocks)


def joined(document, kind, a, b, *rest, **parameters):
    """A block that joins two values, and blocks in a row behind it."""
    document, previous = edits.add_node(document, block(kind, **parameters), 900.0)
    for port, source in zip(document.nodes[previous].block.inputs, (a, b), strict=True):
        document = edits.connect(document, Wire(source, previous, input=port))
    for place, part in enumerate(rest):
        name, parameters = part if isinstance(part, tuple) else (part, {})
        before = previous
        document, previous = edits.add_node(
            document, block(name, **parameters), 1100.0 + 200 * place
        )
        document = edits.connect(document, Wire(before, previous))
    return document


def beside(document, source, kind, **parameters):
    """One more block that reads a value."""
    document, name = edits.add_node(document, block(kind, **parameters))
    return edits.connect(document, Wire(source, name))


def without(document, *wires):
    return edits.disconnect(document, [Wire(*wire) for wire in wires])


HEAD = ("flatten", ("linear", {"out_features": 10}), "output")
LSTM = ("input", "rows_to_sequence")
LOGITS = ("linear", {"out_features": 10})


def two_convolutions(first, second):
    return beside(row("input", ("conv2d", first)), "input", "conv2d", **second)


def two_linears():
    document = row("input", "flatten", ("linear", {"out_features": 64}))
    return beside(document, "flatten", "linear", out_features=32)


def round_about():
    """input -> conv1 -> tanh -> add -> relu, and relu leads back into add."""
    document = joined(row("input", "conv2d", "tanh"), "add", "conv1", "tanh", "relu", *HEAD)
    wires = without(document, ("conv1", "add")).wires
    wires = tuple(w for w in wires if (w.target, w.input) != ("add", "a"))
    return replace(document, wires=(*wires, Wire("relu", "add", input="a")))


def second_input():
    document = row("input", *HEAD)
    document, _ = edits.add_node(document, block("input"), 0.0, 200.0)
    return edits.connect(document, Wire("input2", "flatten"))


def second_output():
    return beside(row("input", *HEAD), "fc1", "output")


# what is broken: the document, what the message says, words on the button
TABLE = {
    "image into Linear": (
        row("input", ("conv2d", {"out_channels": 4}), LOGITS, "output"),
        ["fc1", "conv1", "4 x 26 x 26"],
        "Insert Flatten before fc1",
    ),
    "image into Linear of another size": (
        row("input", ("linear", {"in_features": 100, "out_features": 10}), "output"),
        ["fc1", "1 x 28 x 28"],
        "Insert Flatten before fc1, set in_features to 784",
    ),
    "in_features": (
        row("input", "flatten", ("linear", {"in_features": 1600, "out_features": 10}), "output"),
        ["fc1 expects 1600 inputs but flatten gives 784 (1 x 28 x 28)."],
        "Set in_features to 784 in fc1",
    ),
    "in_channels": (
        row("input", "conv2d", ("conv2d", {"in_channels": 7}), *HEAD),
        ["conv2 expects 7 channels but conv1 gives 32"],
        "Set in_channels to 32 in conv2",
    ),
    "input_size": (
        row(*LSTM, ("lstm", {"input_size": 12}), "last_step", LOGITS, "output"),
        ["lstm expects 12", "28"],
        "Set input_size to 28 in lstm",
    ),
    "Add of other channels": (
        joined(two_convolutions({}, {"out_channels": 8}), "add", "conv1", "conv2", *HEAD),
        ["add adds equal shapes, but a (conv1) is 32 x 26 x 26 and b (conv2) is 8 x 26 x 26."],
        "Insert a 1 x 1 Conv2d to 32 channels at b before add",
    ),
    "Add past a stride": (
        joined(
            two_convolutions({"stride": 2, "padding": 1}, {"padding": 1}),
            "add",
            "conv1",
            "conv2",
            *HEAD,
        ),
        ["add", "32 x 14 x 14", "32 x 28 x 28"],
        "Insert a 1 x 1 Conv2d to 32 channels with stride 2 at b before add",
    ),
    "Add of other features": (
        joined(two_linears(), "add", "fc1", "fc2", LOGITS, "output"),
        ["add", "64", "32"],
        "Insert a Linear to 64 features at b before add",
    ),
    "tokens": (
        row("input", "lstm", "last_step", LOGITS, "output", dataset="words"),
        ["lstm", "tokens of 16"],
        "Insert Embedding before lstm",
    ),
    "tokens at the Output": (
        row("input", "output", dataset="words"),
        ["output", "tokens of 16"],
        "Insert Embedding before output, insert Mean over time, insert a Linear to 10",
    ),
    "heads": (
        row(*LSTM, ("self_attention", {"num_heads": 8}), "mean_over_time", LOGITS, "output"),
        ["attention", "28 features among 8 heads"],
        "Set num_heads to 7 in attention",
    ),
    "no Output": (
        row("input", "flatten", LOGITS),
        ["no Output"],
        "Add Output after fc1",
    ),
    "no Output behind an image": (
        row("input", "conv2d"),
        ["no Output"],
        "Add Output after conv1, insert Flatten, insert a Linear to 10",
    ),
    "no Input": (
        row(*HEAD),
        ["no Input"],
        "Add Input before flatten",
    ),
    "no Input before a Linear": (
        row(LOGITS, "output"),
        ["no Input"],
        "Add Input before fc1, insert Flatten",
    ),
    "classes": (
        row("input", "flatten", "linear", "output"),
        ["output needs 10 logits", "fc1 gives 128"],
        "Set out_features to 10 in fc1",
    ),
    "classes of a Linear that others read": (
        joined(
            beside(
                beside(row("input", "flatten", "linear", "output"), "fc1", "relu"), "fc1", "tanh"
            ),
            "add",
            "relu",
            "tanh",
        ),
        ["output needs 10 logits", "fc1 gives 128"],
        "Insert a Linear to 10 before output",
    ),
    "classes without a Linear": (
        row("input", "flatten", "output"),
        ["output needs 10 logits", "flatten gives 784"],
        "Insert a Linear to 10 before output",
    ),
    "a circle": (
        round_about(),
        ["add, relu", "loop"],
        "Remove the wire relu -> add. Connect conv1 to add 'a'",
    ),
    "kernel": (
        row("input", ("conv2d", {"kernel_size": 31}), *HEAD),
        ["conv1", "31 pixels", "28"],
        "Set kernel_size to 28 in conv1",
    ),
    "groups": (
        row("input", ("conv2d", {"groups": 5}), *HEAD),
        ["conv1", "5 groups", "32"],
        "Set groups to 1 in conv1",
    ),
    "image into LSTM": (
        row("input", "lstm", "last_step", LOGITS, "output"),
        ["lstm", "1 x 28 x 28"],
        "Insert Rows to sequence before lstm",
    ),
    "sequence at the Output": (
        row(*LSTM, LOGITS, "output"),
        ["output", "28 x 10"],
        "Insert Mean over time before output",
    ),
    "image at the Output": (
        row("input", ("conv2d", {"out_channels": 2}), "output"),
        ["output", "2 x 26 x 26"],
        "Insert Flatten before output, insert a Linear to 10",
    ),
    "an open port": (
        without(row("input", "flatten", LOGITS, "output"), ("fc1", "output")),
        ["output has no input"],
        "Connect fc1 to output",
    ),
    "an open port that needs more": (
        without(row("input", "conv2d", LOGITS, "output"), ("conv1", "fc1")),
        ["fc1 has no input"],
        "Connect conv1 to fc1, insert Flatten",
    ),
    "an open second port": (
        edits.disconnect(
            joined(row("input", ("conv2d", {"padding": 1})), "add", "conv1", "input", *HEAD),
            [Wire("input", "add", input="b")],
        ),
        ["add has no input 'b'"],
        None,  # nothing of that shape is there
    ),
    "a second Input": (second_input(), ["input2 is a second Input"], "Delete input2"),
    "a second Output": (second_output(), ["output2 is a second Output"], "Delete output2"),
    "no such dataset": (row("input", *HEAD, dataset="gone"), ["'gone'"], "Use "),
    "pool padding": (
        row("input", ("max_pool2d", {"padding": 3}), *HEAD),
        ["pool", "padding 3"],
        "Set padding to 1 in pool",
    ),
    "norm groups": (
        row("input", ("conv2d", {"out_channels": 30}), "group_norm", *HEAD),
        ["norm", "30", "8 groups"],
        "Set num_groups to 6 in norm",
    ),
    "patches": (
        row("input", ("patch_embedding", {"patch_size": 5}), "mean_over_time", LOGITS, "output"),
        ["patches", "28", "5"],
        "Set patch_size to 4",
    ),
    "dropout of one layer": (
        row(*LSTM, ("lstm", {"dropout": 0.5}), "last_step", LOGITS, "output"),
        ["lstm", "0.5"],
        "Set dropout to 0 in lstm",
    ),
    "vector into Conv2d": (
        row("input", "flatten", "conv2d", *HEAD),
        ["conv1", "784"],
        "Insert Reshape to 1 x 28 x 28 before conv1",
    ),
    "embed_dim": (
        row(
            *LSTM,
            ("self_attention", {"embed_dim": 64}),
            "mean_over_time",
            LOGITS,
            "output",
        ),
        ["attention expects 64", "28"],
        "Insert a Linear to 64 features before attention",
    ),
}


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """A dataset of tokens, beside those that are bundled."""
    known = dict(datasets())
    known["words"] = replace(known["mnist"], id="words", shape=Shape("tokens", (16,)))
    monkeypatch.setattr("explorer.plan.plan.datasets", lambda: known)


def told(made):
    return sorted((p.node or "", p.message) for p in made.problems)


@pytest.mark.parametrize("name", TABLE)
def test_one_click_mends(name):
    document, words, label = TABLE[name]
    before = plan(document)
    problem = next(p for p in before.problems if words[0] in p.message)
    for word in words:
        assert word in problem.message
    if label is None:
        assert problem.fix is None
        return
    assert problem.fix.label.startswith(label), problem.fix.label
    history = History(document)
    history.push(problem.fix.edit(document), problem.fix.label)
    left = told(before)
    left.remove((problem.node or "", problem.message))
    if problem.message.startswith("There is no Input"):  # nor is the port open any more
        left = [(node, message) for node, message in left if "no input" not in message]
    assert told(plan(history.document)) == left
    history.undo()
    assert history.document is document


def test_there_are_many_kinds_of_fix():
    assert sum(label is not None for _, _, label in TABLE.values()) >= 30


def test_what_cannot_be_mended_by_one_click_offers_none():
    document = beside(row("input", "conv2d"), "input", "flatten")
    (problem,) = [p for p in plan(joined(document, "add", "conv1", "flatten")).problems if p.node]
    assert "32 x 26 x 26" in problem.message
    assert problem.fix is None


def test_a_fix_out_of_limits_is_not_offered():
    document = row("input", ("upsample", {"scale_factor": 16}), ("linear", {"in_features": 5}))
    wide = row("input", ("conv2d", {"out_channels": 4096}), LOGITS, "output")
    for drawing in (document, wide):
        for problem in plan(drawing).problems:
            assert problem.fix is None or plan(problem.fix.edit(drawing))


def test_an_empty_canvas_offers_to_begin():
    document = Document()
    labels = []
    for _ in range(2):
        fix = next(p.fix for p in plan(document).problems if p.fix)
        labels.append(fix.label)
        document = fix.edit(document)
    assert labels == ["Add Input", "Add Output after input, insert Flatten, insert a Linear to 10"]
    assert plan(document).ready


@st.composite
def drawings(draw):
    """Blocks and wires at random, parameters as they come."""
    document = Document()
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=9)):
        document, _ = edits.add_node(document, block(kind))
    names = list(document.nodes)
    for number in draw(st.lists(st.integers(0, 10_000), max_size=16)):
        source, target = names[number % len(names)], names[number // 100 % len(names)]
        ports = document.nodes[target].block.inputs
        outputs = document.nodes[source].block.outputs
        if ports and outputs:
            wire = Wire(source, target, outputs[-1], ports[number % len(ports)])
            try:
                document = edits.connect(document, wire)
            except edits.ConnectError:
                continue
    members = draw(st.sets(st.sampled_from(names), max_size=4))
    try:
        return make_group(document, members)[0]
    except edits.EditError:
        return document


@given(drawings())
def test_every_fix_of_any_drawing_mends_what_it_names(document):
    """And new problems are only of blocks whose inputs had not been known before."""
    before = plan(document)
    for problem in before.problems:
        if problem.fix is None:
            continue
        after = plan(problem.fix.edit(document))
        said = (problem.node, problem.message)
        assert said not in [(p.node, p.message) for p in after.problems], problem.fix.label
        old = {(p.node, p.message) for p in before.problems}
        for new in after.problems:
            if (new.node, new.message) not in old:
                assert new.node in document.nodes, (problem.fix.label, new.message)
                assert new.node != problem.node, problem.fix.label
                seen = before.input_shapes(new.node) is not None and new.node not in before.asides
                assert not seen or new.node in before.problem_of  # in other words now
