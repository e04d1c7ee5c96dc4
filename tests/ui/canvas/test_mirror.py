"""The scene is the document's mirror, whatever was edited."""

import random

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import (
    EditError,
    add_node,
    connect,
    disconnect,
    move,
    paste,
    remove_nodes,
    rename,
    set_dataset,
    set_params,
    set_title,
    splice,
)
from explorer.graph.names import BadName
from explorer.plan.documents import examples, read
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.canvas.wire_item import LabelItem, WireItem
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store
from tests.ui.canvas.conftest import in_colours, row


def random_edit(dice, document):
    """One edit of any kind; some can't be done."""
    names = list(document.nodes)
    kind = dice.choice(list(catalogue()))
    x, y = dice.randrange(-50, 50) * 12.0, dice.randrange(-50, 50) * 12.0
    if not names or dice.random() < 0.25:
        return add_node(document, catalogue()[kind](), x, y)[0]
    one, other = dice.choice(names), dice.choice(names)
    choice = dice.randrange(9)
    if choice < 3:
        source, target = document.nodes[one].block, document.nodes[other].block
        if not source.outputs or not target.inputs:
            return document
        return connect(document, Wire(one, other, "y", dice.choice(target.inputs)))
    if choice == 3:
        return move(document, {one: (x, y), other: (x + 240, y)})
    if choice == 4:
        return rename(document, one, f"{one}_{dice.randrange(9)}")
    if choice == 5:
        return remove_nodes(document, [one], heal=dice.random() < 0.5)
    if choice == 6 and document.wires:
        return disconnect(document, [dice.choice(document.wires)])
    if choice == 7 and document.wires:
        return splice(document, dice.choice(document.wires), catalogue()["relu"](), x, y)[0]
    if "out_channels" in document.nodes[one].block.values():
        return set_params(document, one, {"out_channels": dice.randrange(1, 99)})
    return paste(document, remove_nodes(document, names[3:]))[0] if len(names) < 40 else document


def check_mirror(scene, store):
    document, plan = store.document, store.plan
    items = scene.items()
    nodes = [item for item in items if isinstance(item, NodeItem)]
    wires = [item for item in items if isinstance(item, WireItem)]
    labels = [item for item in items if isinstance(item, LabelItem)]
    assert {item.data(0) for item in nodes} == set(document.nodes)
    assert {item.wire for item in wires} == set(document.wires)
    assert len(nodes) == len(document.nodes)
    assert len(wires) == len(labels) == len(document.wires)
    for item in nodes:
        node = document.nodes[item.data(0)]
        assert item.node is node
        assert item.pos() == QPointF(node.x, node.y)
        problem = plan.problem_of.get(node.id)
        assert item.look.problem == (problem.message if problem else "")
    for item in wires:
        wire = item.wire
        assert item.course.points[0] == scene.nodes[wire.source].port(wire.output, "output")
        assert item.course.points[-1] == scene.nodes[wire.target].port(wire.input, "input")
        shape = plan.shapes.get((wire.source, wire.output))
        assert item.label.text == (str(shape) if shape else "")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("seed", range(3))
def test_300_random_edits_with_undo_and_redo(seed):
    dice = random.Random(seed)
    store, selection = Store(), Selection()
    scene = CanvasScene(store, selection, Theme())
    done = 0
    for _ in range(300):
        try:
            changed = random_edit(dice, store.document)
        except (EditError, BadName):
            continue
        done += store.edit("Random", lambda d, changed=changed: changed)
        for _ in range(dice.choice((0, 0, 0, 1, 3))):
            store.undo()
        for _ in range(dice.choice((0, 0, 0, 2))):
            store.redo()
        if store.document.nodes:
            selection.set(dice.sample(list(store.document.nodes), 1))
        check_mirror(scene, store)
    assert done > 200


@pytest.fixture
def scene(qapp):
    scene = CanvasScene(
        Store(row("input", "conv2d", "relu", "flatten", "linear", "output")), Selection(), Theme()
    )
    check_mirror(scene, scene.store)
    return scene


def test_unchanged_blocks_are_not_touched(scene, monkeypatch):
    touched = []
    monkeypatch.setattr(NodeItem, "set_node", lambda self, node: touched.append(node.id))
    scene.store.edit("Set", lambda d: set_params(d, "conv1", {"out_channels": 7}))
    assert touched == ["conv1"]


def test_blocks_say_what_they_are(scene):
    conv = scene.nodes["conv1"]
    assert conv.look.summary == "1→32, 3x3"
    scene.store.edit("Set", lambda d: set_params(d, "conv1", {"padding": 1, "bias": False}))
    assert conv.look.summary == "1→32, 3x3, pad 1, no bias"
    assert "gives image of 32 x 28 x 28" in conv.toolTip()


def test_problems_are_on_block_and_wire(scene):
    scene.store.edit("Set", lambda d: set_params(d, "fc1", {"in_features": 1600}))
    message = scene.store.plan.problem_of["fc1"].message
    assert "1600" in message
    assert message in scene.nodes["fc1"].toolTip()
    wire = scene.wires[Wire("flatten", "fc1")]
    assert wire.look.problem == message
    assert wire.pen().color().name() == scene.theme.colours.error
    scene.store.undo()
    assert wire.look.problem == ""


def test_kinds_differ_in_colour_and_dash(scene):
    image, vector = scene.wires[Wire("conv1", "relu")], scene.wires[Wire("flatten", "fc1")]
    assert image.pen().color() != vector.pen().color()
    assert image.pen().style() != vector.pen().style()


def test_labels_cover_no_block_and_no_other_label(scene):
    for step in (216, 150, 140):
        places = {name: (i * float(step), 0.0) for i, name in enumerate(scene.nodes)}
        scene.store.edit("Move", lambda d, places=places: move(d, places))
        labels = [item.label.rect().translated(item.label.pos()) for item in scene.wires.values()]
        bodies = [item.scene_body() for item in scene.nodes.values()]
        for i, label in enumerate(labels):
            assert not any(label.intersects(other) for other in [*bodies, *labels[:i]])


def test_a_wire_goes_around_blocks_in_its_way(scene):
    scene.store.edit("Add", lambda d: add_node(d, catalogue()["add"](), 1296.0, 0.0)[0])
    scene.store.edit("Wire", lambda d: connect(d, Wire("input", "add", "y", "a")))
    skip = scene.wires[Wire("input", "add", "y", "a")]
    for name in ("conv1", "relu", "flatten", "fc1"):
        assert not skip.course.hits([scene.nodes[name].scene_body()])


def test_a_wire_to_the_next_row_goes_around_blocks(scene):
    places = {"input": (0, 0), "conv1": (228, 0), "relu": (456, 0)}
    places |= {"flatten": (0, 290), "fc1": (228, 168), "output": (456, 168)}
    scene.store.edit("Move", lambda d: move(d, places))
    back = scene.wires[Wire("relu", "flatten")]
    assert not back.course.hits(
        [item.scene_body() for n, item in scene.nodes.items() if n not in ("relu", "flatten")]
    )


def test_thumbnails(scene):
    before = {name: item.picture for name, item in scene.nodes.items()}
    assert set(before.values()) == {None}
    ramp = np.linspace(0, 4, 12, dtype=np.float32).reshape(3, 4)
    scene.set_thumbnails({"conv1": ramp, "relu": ramp - 1, "gone": ramp})
    positive = scene.nodes["conv1"].picture
    assert (positive.width(), positive.height()) == (4, 3)
    assert positive.pixelColor(3, 2).red() > positive.pixelColor(3, 2).blue()
    signed = scene.nodes["relu"].picture
    assert signed.pixelColor(0, 0).blue() > signed.pixelColor(0, 0).red()
    assert signed.pixelColor(3, 2).red() > signed.pixelColor(3, 2).blue()
    assert scene.nodes["fc1"].picture is None
    assert "Values 0 to 4" in scene.nodes["conv1"].toolTip()
    scene.clear_thumbnails()
    assert scene.nodes["conv1"].picture is None


@pytest.mark.parametrize("dark", [False, True])
def test_a_block_keeps_its_map_whatever_signs_its_values_have(scene, dark):
    """0 has one colour everywhere, in the input alone it means nothing."""
    in_colours(scene.theme, dark)
    names = list(scene.nodes)
    ramp = np.linspace(0, 1, 25, dtype=np.float32).reshape(5, 5)
    seen = set()
    for values in (ramp, ramp - 0.5, -ramp, 40 * ramp + 3, np.zeros((5, 5))):
        with_zero = values.copy()
        with_zero[0, 0] = 0.0
        scene.set_thumbnails(dict.fromkeys(names, with_zero))
        pictures = [scene.nodes[name].picture for name in names if name != "input"]
        seen |= {tuple(picture.colorTable()) for picture in pictures}
        zeros = {picture.pixelColor(0, 0).name() for picture in pictures}
        assert len(zeros) == 1
        (zero,) = {picture.pixelColor(0, 0).lightness() for picture in pictures}
        assert zero < 70 if dark else zero > 235, "neutral on the ground that it lies on"
    assert len(seen) == 1
    grey = scene.nodes["input"].picture.colorTable()
    assert tuple(grey) not in seen
    assert all(abs((c >> 16 & 255) - (c & 255)) < 12 for c in grey[:-1])


def test_thumbnails_follow_the_scheme(scene):
    in_colours(scene.theme, False)
    scene.set_thumbnails({"conv1": np.array([[-1.0, 0.0, 1.0]])})
    light = scene.nodes["conv1"].picture.pixelColor(1, 0).lightness()
    in_colours(scene.theme, True)
    assert scene.nodes["conv1"].picture.pixelColor(1, 0).lightness() < 70 < light


def test_what_is_no_number_looks_like_no_value(scene):
    scene.set_thumbnails({"conv1": np.array([[-1.0, np.nan, 1.0], [np.inf, 0.0, 0.5]])})
    picture = scene.nodes["conv1"].picture
    wrong = picture.pixelColor(1, 0).name()
    assert picture.pixelColor(0, 1).name() == wrong
    others = {picture.pixelColor(*at).name() for at in ((0, 0), (2, 0), (1, 1), (2, 1))}
    assert wrong not in others


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((1, 1)),
        np.full((2, 3), np.nan),
        np.array([[np.inf, -np.inf, 1.0]]),
        np.arange(5000.0).reshape(1, 5000),
        np.full((3, 3), -2.5, np.float32),
    ],
)
def test_odd_thumbnails_are_drawn(scene, values):
    scene.set_thumbnails({"conv1": values})
    picture = scene.nodes["conv1"].picture
    assert 1 <= picture.width() <= 256
    assert not picture.isNull()


def test_blocks_changed_since_the_run_are_marked(scene):
    scene.set_run_document(scene.store.document)
    assert not any(item.look.changed for item in scene.nodes.values())
    scene.store.edit("Set", lambda d: set_params(d, "conv1", {"out_channels": 7}))
    scene.store.edit("Move", lambda d: move(d, {"relu": (0, 500)}))
    scene.store.edit("Cut", lambda d: disconnect(d, [Wire("relu", "flatten")]))
    assert {n for n, item in scene.nodes.items() if item.look.changed} == {"conv1", "flatten"}
    scene.set_run_document(None)
    assert not any(item.look.changed for item in scene.nodes.values())


def test_selection_follows_a_rename_and_forgets_the_gone(scene):
    scene.selection.set(("conv1", "relu"))
    scene.store.edit("Rename", lambda d: rename(d, "conv1", "stem"))
    assert scene.selection.ids == ("stem", "relu")
    scene.store.undo()
    assert scene.selection.ids == ("conv1", "relu")
    scene.store.open(Document())
    assert scene.selection.ids == ()
    assert scene.items() == []


def test_painting_at_every_level_of_detail(view, cnn):
    for zoom in (0.1, 0.32, 0.4, 1.0, 3.0):
        view.camera.zoom_by(zoom / view.camera.zoom)
        view.centerOn(QRectF(view.canvas.extent()).center())
        image = view.grab().toImage()
        ground = view.canvas.theme.colours.canvas
        shown = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert shown != {ground}


def shown(scene):
    return {name for name, item in scene.nodes.items() if item.picture is not None}


def test_a_new_block_of_an_old_name_has_no_old_picture(scene):
    store, network = scene.store, scene.store.document
    picture = np.ones((4, 4))
    scene.set_thumbnails(dict.fromkeys(network.nodes, picture), network)
    assert shown(scene) == set(network.nodes)
    store.edit("Delete", lambda d: remove_nodes(d, ["conv1"]))
    assert shown(scene) == {"input"}, "what came after it is another value now"
    store.edit("Add", lambda d: add_node(d, catalogue()["conv2d"](), name="conv1")[0])
    assert shown(scene) == {"input"}
    scene.set_thumbnails(dict.fromkeys(network.nodes, picture), network)
    assert shown(scene) == {"input"}, "also when another picture of the old one comes"
    store.undo()
    store.undo()
    assert shown(scene) == set(network.nodes), "what is as it was has its picture at once"


def test_pictures_of_no_named_network_are_of_what_was_drawn_when_they_came(scene):
    store = scene.store
    scene.set_thumbnails(dict.fromkeys(store.document.nodes, np.ones((4, 4))))
    store.edit("Delete", lambda d: remove_nodes(d, ["conv1"]))
    store.edit("Add", lambda d: add_node(d, catalogue()["conv2d"](), name="conv1")[0])
    assert shown(scene) == {"input"}


def test_another_document_has_no_pictures_of_the_one_before(scene):
    store, network = scene.store, scene.store.document
    scene.set_thumbnails(dict.fromkeys(network.nodes, np.ones((4, 4))), network)
    store.open(set_dataset(network, "fashion-mnist"))
    assert shown(scene) == set()
    store.open(set_title(network, "Another"))
    assert shown(scene) == set(network.nodes)
    wider = set_params(network, "conv1", {"out_channels": 7})
    store.open(wider)
    assert shown(scene) == {"input"}


def test_a_block_that_the_network_no_longer_has_loses_its_picture(scene):
    network = scene.store.document
    scene.set_thumbnails(dict.fromkeys(network.nodes, np.ones((4, 4))), network)
    scene.set_thumbnails({"conv1": np.ones((4, 4))}, network)
    assert shown(scene) == {"conv1"}


def test_what_only_reorders_the_input_has_its_colours(qapp):
    document = read(examples()["tutorial-attention"]).document
    scene = CanvasScene(Store(document), Selection(), Theme())
    scene.set_thumbnails({name: np.eye(4) for name in document.nodes})
    given = {name for name, picture in scene.thumbnails().items() if picture.given}
    assert given == {"input", "rows"}
