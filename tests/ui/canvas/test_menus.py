"""What a right click offers beside editing: look inside, replace, insert, explain."""

import pytest
from PySide6.QtWidgets import QWhatsThis

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Wire
from explorer.graph.edits import add_node, chain, connect
from explorer.graph.replacing import replaced
from explorer.ui.canvas.menu_at import menu_at


def menu(view, place):
    made = menu_at(view, place)
    return {action.objectName(): action for action in made.actions() if action.objectName()}, made


def entry(view, place, name):
    actions, _ = menu(view, place)
    return actions[name]


def box(view):
    return view.findChild(object, "offerBox")


def choose(view, kind):
    found = box(view)
    assert kind in found.kinds()
    for row in range(found.list.count()):
        if found.kinds()[row] == kind:
            found._choose(found.list.item(row))
            return


def test_a_block_offers_its_views_and_its_explanation(cnn, view, qtbot):
    view.views_of = lambda block: {"Feature maps": "featureMapsPanel"}
    place = view.canvas.nodes["conv1"].pos()
    with qtbot.waitSignal(view.view_asked) as asked:
        entry(view, place, "showAction").trigger()
    assert asked.args == ["featureMapsPanel"]
    with qtbot.waitSignal(view.explanation_asked):
        entry(view, place, "explainThisAction").trigger()
    assert view.stage.selection.ids == ("conv1",)


def test_a_block_is_replaced_by_one_that_fits(cnn, view):
    entry(view, view.canvas.nodes["relu"].pos(), "replaceAction").trigger()
    assert "linear" not in box(view).kinds(), "takes no images"
    choose(view, "tanh")
    document = cnn.document
    assert "relu" not in document.nodes
    assert {Wire("conv1", "tanh"), Wire("tanh", "flatten")} <= set(document.wires)
    assert view.stage.selection.ids == ("tanh",)
    assert cnn.plan.shapes["tanh", "y"] == cnn.plan.shapes["conv1", "y"]
    cnn.undo()
    assert "relu" in cnn.document.nodes


def test_input_and_output_are_not_replaced(cnn, view):
    for name in ("input", "output"):
        actions, _ = menu(view, view.canvas.nodes[name].pos())
        assert "replaceAction" not in actions
        assert "explainThisAction" in actions


def test_a_block_is_inserted_into_a_wire(cnn, view):
    wire = view.canvas.wires[Wire("relu", "flatten")]
    entry(view, wire.course.at(0.5), "insertHereAction").trigger()
    kinds = box(view).kinds()
    assert "max_pool2d" in kinds
    assert "output" not in kinds, "nothing would come out of it"
    choose(view, "max_pool2d")
    assert Wire("relu", "pool") in cnn.document.wires
    assert Wire("pool", "flatten") in cnn.document.wires
    bodies = [item.scene_body() for item in view.canvas.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])


def test_a_block_is_placed_where_the_canvas_is_empty(cnn, view):
    place = view.canvas.extent().bottomLeft()
    place.setY(place.y() + 400)
    entry(view, place, "insertHereAction").trigger()
    choose(view, "gru")
    (new,) = view.stage.selection.ids
    assert abs(cnn.document.nodes[new].y - place.y()) < 12
    assert not any(new in (wire.source, wire.target) for wire in cnn.document.wires)


def test_a_wire_says_what_runs_through_it(cnn, view, monkeypatch):
    told = []
    monkeypatch.setattr(QWhatsThis, "showText", lambda spot, text, widget: told.append(text))
    wire = view.canvas.wires[Wire("conv1", "relu")]
    entry(view, wire.course.at(0.5), "explainThisAction").trigger()
    assert str(wire.look.shape) in told[0]
    assert "Channels" in told[0]


@pytest.mark.parametrize("kind", catalogue())
def test_any_layer_may_take_the_place_of_any_other(kind):
    """A law: the wires that can stay do, in order; the rest goes; names stay unique."""
    kinds = catalogue()
    document = chain(Document(), [(None, kinds[k]()) for k in ("input", "conv2d", "relu")])
    document, add = add_node(document, kinds["add"]())
    document = connect(document, Wire("relu", add, "y", "a"))
    document = connect(document, Wire("conv1", add, "y", "b"))
    block = kinds[kind]()
    made, name = replaced(document, add, block)
    assert made.nodes[name].block is block
    into = {wire.input: wire.source for wire in made.wires if wire.target == name}
    assert into == dict(zip(block.inputs, ("relu", "conv1"), strict=False))
    assert len(made.nodes) == len(document.nodes)
    kept, same = replaced(document, "relu", kinds["tanh"]())
    assert same == "tanh"
    assert Wire("tanh", add, "y", "a") in kept.wires
