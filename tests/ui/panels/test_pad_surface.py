"""The paper: what counts as a stroke."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.ui.kit.theme import Theme
from explorer.ui.panels.try_it.pad_surface import PadSurface


def test_a_trembling_tap_is_a_dot(qtbot):
    surface = PadSurface(Theme())
    qtbot.addWidget(surface)
    surface.resize(200, 200)
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseMove(surface, QPoint(52, 51))
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=QPoint(51, 52))
    (stroke,) = surface.strokes()
    assert stroke.tolist() == [[0.25, 0.25]]
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=QPoint(50, 80))
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=QPoint(60, 80))
    assert len(surface.strokes()) == 2
