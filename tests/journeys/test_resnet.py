"""ResNet-18's basic block (He et al. 2016, figure 2) with the mouse; broken, mended, undone."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from explorer.graph import files
from explorer.graph.document import Wire
from explorer.ui.panels.problems import ProblemRow
from explorer.ui.tour.guide import rest

ROWS = (
    ("input", "conv2d", "conv2d", "batch_norm2d", "relu", "conv2d"),
    ("batch_norm2d", "add", "relu", "global_pool", "linear", "output"),
)
NAMES = (
    ("input", "conv1", "conv2", "bn", "relu", "conv3"),
    ("bn2", "add", "relu2", "gap", "fc1", "output"),
)


def drag(guide, start, end):
    viewport = guide.window.canvas.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for share in range(1, 7):
        QTest.mouseMove(viewport, start + (end - start) * (share / 6))
        rest(2)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def connect(guide, source, target, port="x"):
    view = guide.window.canvas
    start, end = (
        view.port_position(source, "y", "output"),
        view.port_position(target, port, "input"),
    )
    drag(guide, start, end)
    wire = Wire(source, target, "y", port)
    guide.wait(str(wire), lambda: wire in guide.store.document.wires, 5)


def type_into(guide, name, text):
    field = guide.find(QWidget, f"param_{name}").findChild(QLineEdit)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def set_up(guide, name, **values):
    guide.click_block(name)
    for parameter, text in values.items():
        type_into(guide, parameter, text)


def build_the_basic_block(guide):
    guide.window.files.new()
    guide.window.arrange("build")
    guide.window.resize(1900, 1000)
    rest(100)
    for row, kinds in enumerate(ROWS):
        for column, kind in enumerate(kinds):
            guide.drop(kind, QPoint(100 + 200 * column, 110 + 220 * row))
    names = [*NAMES[0], *NAMES[1]]
    assert list(guide.store.document.nodes) == names, guide.window.messages.text
    for source, target in pairwise(names):
        connect(guide, source, target, "a" if target == "add" else "x")
    connect(guide, "conv1", "add", "b")  # the way past the block
    for name in ("conv1", "conv2", "conv3"):
        set_up(guide, name, out_channels="16", padding="1")
    set_up(guide, "fc1", out_features="10")


def press_fix(guide, number=0):
    """The button of a row in the Problems panel."""
    guide.window.docks.show("problemsPanel")
    rest(20)
    rows = [r for r in guide.window.findChildren(ProblemRow) if r.isVisible()]
    button = rows[number].findChild(QPushButton)
    label = button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return label


def test_build_break_mend_and_undo(guide):
    build_the_basic_block(guide)
    store = guide.store
    assert store.plan.ready, store.plan.problems
    assert {Wire("bn2", "add", input="a"), Wire("conv1", "add", input="b")} <= set(
        store.document.wires
    )
    first, place = store.document, store.history.place
    text = files.dump(first)

    # conv3 gives 64 maps, which can't be added to the 16 that come past it
    set_up(guide, "conv3", out_channels="64")
    assert "64 x 28 x 28" in store.plan.problem_of["add"].message
    label = press_fix(guide)
    assert label == "Fix: Insert a 1 x 1 Conv2d to 64 channels at b before add"
    assert store.plan.ready, store.plan.problems
    shortcut = store.document.into("add", "b").source
    assert store.document.nodes[shortcut].block.kernel_size == 1

    # and fc1 is told to expect what it does not get
    set_up(guide, "fc1", in_features="512")
    assert "fc1 expects 512 inputs but gap gives 64" in store.plan.problem_of["fc1"].message
    assert press_fix(guide) == "Fix: Set in_features to 64 in fc1"
    assert store.plan.ready
    picture(guide)

    while store.history.place > place:
        guide.window.actions_by_name["undoAction"].trigger()
    assert store.document is first
    assert files.dump(store.document) == text


def picture(guide):
    guide.window.canvas.fit()
    guide.picture("basic-block")
    bodies = [item.scene_body() for item in guide.window.canvas.canvas.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])
