"""Panels that follow the selected block: its own pictures, or true words on why there are none."""

import random

import numpy as np
import pytest

from explorer.blocks.catalogue import catalogue
from explorer.graph import edits
from explorer.graph.block import Shape, ShapeError
from explorer.protocol.events import Activation, Attention, Hidden, Kernels, Status, Watched
from explorer.ui.panels.inside.attention import AttentionPanel
from explorer.ui.panels.inside.feature_maps import FeatureMapsPanel
from explorer.ui.panels.inside.filters import FiltersPanel
from explorer.ui.panels.inside.gates import GatesPanel
from tests.drawings import drawing
from tests.making import block

OF = {
    "nn.Conv2d": FiltersPanel,
    "nn.MultiheadAttention": AttentionPanel,
    "nn.LSTM": GatesPanel,
    "nn.GRU": GatesPanel,
    "nn.RNN": GatesPanel,
}
PANELS = [AttentionPanel, FiltersPanel, GatesPanel]
NUMBERS = np.ones((2, 2), np.float32)
SHAPES = [Shape("image", (4, 8, 8)), Shape("sequence", (8, 8)), Shape("vector", (8,))]

NONE_IN_IT = ("This network has no", "No block of this network has")


def layer_of(kind):
    """The torch layer that a block of this kind becomes."""
    made = block(kind)
    for shape in SHAPES:
        shapes = [shape] * len(made.inputs)
        try:
            made.output_shapes(*shapes)
        except ShapeError:
            continue
        return made.layer(*shapes).layer
    return ""


def test_every_block_that_can_be_shown_has_its_panel():
    """Of the layers that the engine looks into."""
    for panel in PANELS:
        layers = [kind for kind, each in catalogue().items() if each.role == "layer"]
        kinds = {kind for kind in layers if OF.get(layer_of(kind)) is panel}
        assert kinds == panel.kinds
        assert not kinds & panel.inside
        assert panel.inside <= set(catalogue())


@pytest.mark.parametrize("panel_class", PANELS, ids=lambda each: each.name)
def test_words_are_true_of_any_drawing(table, panel_class):
    panel = table.put(panel_class)
    for seed in range(60):
        document = drawing(seed)
        table.store.open(document)
        chance = random.Random(seed)
        names = [*document.nodes]
        for name in [None, *chance.sample(names, min(6, len(names)))]:
            table.selection.set([name] if name else [])
            check_words(panel, document, name)


def check_words(panel, document, selected):
    kinds = {name: node.block.kind for name, node in document.nodes.items()}
    able = [name for name, kind in kinds.items() if kind in panel.kinds]
    hidden = [name for name, kind in kinds.items() if kind in panel.inside]
    says = panel.frame.says
    if able or hidden:
        assert not says.startswith("This network has no")
    if selected in able or (selected is None and able):
        assert panel.node == (selected or able[0])
        assert panel.node in says
        return
    assert panel.node is None, "never another block's"
    assert says.startswith(selected or hidden[0] if hidden or selected else NONE_IN_IT)
    assert not able or able[0] in says.split("Select ")[1]


def test_a_block_behind_a_wrong_one_is_still_there(table_of):
    table = table_of("tutorial-lstm")
    panel = table.put(GatesPanel)
    table.selection.set(("lstm",))
    table.store.edit("Break", lambda d: edits.set_params(d, "fc", {"out_features": 3}))
    assert panel.node == "lstm"
    table.store.edit("Break", lambda d: edits.disconnect(d, d.wires[:1]))
    assert panel.node == "lstm"
    assert "can't be computed yet" in panel.frame.says


def test_attention_inside_an_encoder_is_not_denied(table_of):
    table = table_of("vision-transformer")
    panel = table.put(AttentionPanel)
    assert "attention weights inside" in panel.frame.says
    assert "no attention" not in panel.frame.says


def test_filters_of_a_block_without_kernels_are_not_those_of_another(table):
    panel = table.put(FiltersPanel)
    table.selection.set(("fc1",))
    assert panel.watches() == frozenset()
    assert panel.frame.says == "fc1 has no kernels. Select conv1, conv2 to see them."


# --- whose pictures ----------------------------------------------------------------------------


def events_of(panel_class, node, network):
    made = {
        FeatureMapsPanel: lambda: Activation(1, node, 5, NUMBERS, network),
        FiltersPanel: lambda: Kernels(1, node, 5, NUMBERS[None, None], None, network),
        GatesPanel: lambda: Hidden(1, node, 5, NUMBERS, {}, network),
        AttentionPanel: lambda: Attention(1, node, 5, NUMBERS[None], network),
    }
    picture, answer = np.zeros((1, 28, 28), np.uint8), np.full(10, 0.1, np.float32)
    return Watched(1, picture, 2, answer, network, 0), made[panel_class]()


SHOWN = [
    ("tutorial-cnn", FeatureMapsPanel, "conv1"),
    ("tutorial-cnn", FiltersPanel, "conv2"),
    ("tutorial-lstm", GatesPanel, "lstm"),
    ("tutorial-attention", AttentionPanel, "attention"),
]
every_view = pytest.mark.parametrize(("example", "panel_class", "node"), SHOWN)


@pytest.fixture
def view(table_of, example, panel_class, node):
    """The panel with the node's picture, of a run of the document as it is."""
    table = table_of(example)
    panel = table.put(panel_class)
    table.selection.set((node,))
    network = table.store.document
    table.give(panel, Status(1, "running"), *events_of(panel_class, node, network))
    assert panel.shown is not None
    return table, panel, network


@every_view
def test_a_new_block_of_an_old_name_shows_nothing_old(view, panel_class, node):
    table, panel, network = view
    old = network.nodes[node].block
    table.store.edit("Delete", lambda d: edits.remove_nodes(d, [node]))
    table.store.edit("Add", lambda d: edits.add_node(d, old, name=node)[0])
    table.selection.set((node,))
    assert panel.shown is None
    table.give(panel, *events_of(panel_class, node, network))
    assert panel.shown is None
    assert panel.numbers() is None
    assert panel.frame.says.startswith(f"{node} ")


@every_view
def test_what_names_no_network_is_of_what_was_drawn_when_it_came(view, panel_class, node):
    table, panel, network = view
    table.give(panel, *events_of(panel_class, node, None))
    old = network.nodes[node].block
    table.store.edit("Delete", lambda d: edits.remove_nodes(d, [node]))
    table.store.edit("Add", lambda d: edits.add_node(d, old, name=node)[0])
    table.selection.set((node,))
    assert panel.shown is None


@every_view
def test_a_block_that_has_changed_since_the_run_says_so(view, panel_class, node):
    table, panel, network = view
    into = next(w for w in network.wires if w.target == node)
    table.store.edit("Insert", lambda d: edits.insert_before(d, node, into.input, GELU)[0])
    assert panel.shown is None
    table.give(panel, *events_of(panel_class, node, network))
    assert "run 1 began" in panel.frame.says
    table.store.undo()
    table.give(panel, *events_of(panel_class, node, network))
    assert panel.shown is not None


@every_view
def test_another_document_shows_nothing_of_the_one_before(view, panel_class, node):
    table, panel, network = view
    table.store.open(edits.set_dataset(network, "fashion-mnist"))
    table.selection.set((node,))
    assert panel.shown is None


@every_view
def test_dropout_changes_nothing_in_a_network_that_answers(view, panel_class, node):
    table, panel, network = view
    into = next(w for w in network.wires if w.target == node)
    table.store.edit("Insert", lambda d: edits.insert_before(d, node, into.input, DROPOUT)[0])
    assert panel.shown is not None


GELU, DROPOUT = block("gelu"), block("dropout")
