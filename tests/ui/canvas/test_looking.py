"""Arranging, finding and zooming to blocks, by keys."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.graph.edits import move
from explorer.ui.canvas.node_painter import NodePainter

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_arrange_is_one_step_of_undo_and_shows_all(cnn, hand, view):
    mess = {name: (13.0 * i, 9.0 * i) for i, name in enumerate(cnn.document.nodes)}
    cnn.edit("Mess", lambda d: move(d, mess))
    before = cnn.document
    hand.control(Qt.Key.Key_L)
    bodies = [item.scene_body() for item in view.canvas.nodes.values()]
    assert not any(a.intersects(b) for a, b in itertools.combinations(bodies, 2))
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.canvas.extent())
    assert cnn.history.undo_label == "Tidy up"
    cnn.undo()
    assert cnn.document is before


def test_arranging_nothing_says_so(view, hand, qtbot):
    with qtbot.waitSignal(view.told) as told:
        hand.control(Qt.Key.Key_L)
    assert "nothing to tidy up" in told.args[0]


def test_zoom_to_the_selection(cnn, hand, view, selection):
    cnn.edit("Far", lambda d: move(d, {"output": (6000.0, 4000.0)}))
    hand.control(Qt.Key.Key_0)
    small = view.camera.zoom
    selection.set(("conv1", "relu"))
    hand.control(Qt.Key.Key_9)
    assert view.camera.zoom > 2 * small
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.canvas.extent(("conv1", "relu")))
    assert not shown.contains(view.canvas.extent(("output",)))
    selection.set(())
    hand.control(Qt.Key.Key_9)
    assert view.camera.zoom == pytest.approx(small)


def test_find_on_the_canvas(cnn, hand, view, selection):
    cnn.edit("Far", lambda d: move(d, {"fc1": (9000.0, 100.0)}))
    hand.control(Qt.Key.Key_F)
    field = view.find_bar.field
    assert field.hasFocus()
    QTest.keyClicks(field, "linear")
    assert selection.ids == ("fc1",)
    assert view.find_bar.count.text() == "1 of 1"
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.canvas.extent(("fc1",)))
    field.selectAll()
    QTest.keyClicks(field, "t")
    several = view.find_bar.found()
    assert {"input", "output", "flatten"} <= set(several)
    assert selection.one == several[0]
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert selection.one == several[1]
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    assert selection.one == several[-1]
    field.selectAll()
    QTest.keyClicks(field, "zz")
    assert view.find_bar.count.text() == "no block"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not view.find_bar.isVisible()
    assert view.hasFocus()
    assert selection.one == several[-1]


@pytest.mark.parametrize("zoom", [0.3, 0.36, 0.8, 1.0, 1.37, 2.0])
def test_a_new_thumbnail_paints_what_a_whole_repaint_would(cnn, view, monkeypatch, zoom):
    view.zoom_by(zoom / view.camera.zoom)
    first, second = (np.random.default_rng(seed).normal(size=(6, 9)) for seed in (1, 2))
    names = list(view.canvas.nodes)
    view.canvas.set_thumbnails(dict.fromkeys(names, first))
    view.grab()
    whole = []
    original = NodePainter.whole
    monkeypatch.setattr(NodePainter, "whole", lambda *given: (whole.append(1), original(*given))[1])
    view.canvas.set_thumbnails(dict.fromkeys(names, second))
    quick = pixels(view.grab())
    assert len(whole) < len(names) or zoom < 0.5  # some blocks at least were spared
    for item in view.canvas.nodes.values():
        item.update()
    differing = np.abs(pixels(view.grab()) - quick).max(2)
    for item in view.canvas.nodes.values():
        area = item.mapRectToScene(item.picture_area())
        x0, y0, x1, y1 = view.mapFromScene(area).boundingRect().getCoords()
        inside = differing[max(y0 - 1, 0) : y1 + 2, max(x0 - 1, 0) : x1 + 2]
        if inside.size:
            # Qt rounds places of enlarged pixels otherwise where it is told to paint a part only.
            assert inside.mean() < 20
            inside[:] = 0
    assert differing.max() <= 2


def pixels(picture):
    """(height, width, 4) numbers."""
    image = picture.toImage()
    raw = np.frombuffer(image.constBits(), np.uint8)
    return raw.reshape(image.height(), image.width(), 4).astype(int)
