"""The minimap: there when something is out of sight, true to scale, and a handle to look around."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from explorer.graph.edits import move, set_params

LEFT = Qt.MouseButton.LeftButton


def test_it_is_hidden_while_all_is_in_sight(cnn, view, hand):
    assert not view.minimap.isVisible()
    for _ in range(5):
        hand.control(Qt.Key.Key_Plus)
    assert view.minimap.isVisible()
    hand.control(Qt.Key.Key_0)
    assert not view.minimap.isVisible()


def test_it_lies_in_the_lower_right_corner_and_stays_there(cnn, view, hand):
    for _ in range(5):
        hand.control(Qt.Key.Key_Plus)
    before = view.minimap.geometry()
    assert view.rect().contains(before)
    assert view.rect().bottomRight().x() - before.right() < 20
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(view.viewport(), middle, pos=QPoint(300, 300))
    hand.go(QPoint(330, 340), QPoint(360, 350))
    QTest.mouseRelease(view.viewport(), middle, pos=QPoint(360, 350))
    assert view.minimap.geometry() == before
    view.resize(800, 500)
    assert view.rect().contains(view.minimap.geometry())


def test_a_press_and_a_drag_look_there(cnn, view, hand):
    for _ in range(6):
        hand.control(Qt.Key.Key_Plus)
    chart = view.minimap
    for name in ("output", "input"):
        spot = chart.place_of(view.canvas.nodes[name].pos()).toPoint()
        QTest.mousePress(chart, LEFT, pos=chart.rect().center())
        QTest.mouseMove(chart, spot)
        QTest.mouseRelease(chart, LEFT, pos=spot)
        centre = view.mapToScene(view.viewport().rect().center())
        assert abs(centre.x() - view.canvas.nodes[name].x()) < 40


def test_it_shows_each_block_and_problems_in_the_colour_of_errors(cnn, view, hand, selection):
    cnn.edit("Far", lambda d: move(d, {"output": (4000.0, 900.0)}))
    hand.control(Qt.Key.Key_0)
    view.resize(1100, 640)
    selection.set(("conv1", "relu", "fc1"))
    hand.control(Qt.Key.Key_9)
    colours = view.canvas.theme.colours

    def colour_of(name):
        picture = view.minimap.grab().toImage()
        at = view.minimap.place_of(view.canvas.nodes[name].pos() - QPointF(20, 10))
        return picture.pixelColor(at.toPoint()).name()

    assert colour_of("relu") == colours.groups["activation"]
    assert colour_of("conv1") == colours.groups["convolution"]
    cnn.edit("Break", lambda d: set_params(d, "fc1", {"in_features": 3}))
    assert colour_of("fc1") == colours.error


def test_an_empty_canvas_has_none(view):
    assert not view.minimap.isVisible()
