"""The pad: strokes become an input, the input a question, the answer bars."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from explorer.graph import edits
from explorer.protocol.commands import Predict
from explorer.protocol.events import Prediction, Progress, Ready, Started, Status, Watched
from explorer.ui.panels.try_it.digit_pad import DigitPadPanel
from tests.datasets.strokes import SEVEN

READY = Ready(0, "cpu", "CPU", "2")
PREPARED = Status(0, "untrained")


def answer(best, share=0.982):
    found = np.full(10, (1 - share) / 9, np.float32)
    found[best] = share
    return found


@pytest.fixture
def pad(table):
    panel = table.put(DigitPadPanel, 300, 420)
    table.give(panel, READY, PREPARED)
    return panel


def surface_of(panel):
    return panel.findChild(QWidget, "digitPad")


def places(surface, path):
    return [
        QPoint(int(x / 100 * surface.width()), int(y / 100 * surface.height())) for x, y in path
    ]


def draw(panel, paths=SEVEN.paths):
    surface = surface_of(panel)
    for path in paths:
        first, *rest = places(surface, path)
        QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=first)
        for place in rest:
            QTest.mouseMove(surface, place)
        QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=rest[-1])


def label(panel):
    return panel.findChild(QLabel, "digitPadPrediction").text()


def test_the_pad_is_square(pad):
    surface = surface_of(pad)
    assert surface.width() == surface.height() >= 150


def test_a_seven_is_asked_about_and_answered(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    asked = [command for command in table.sent if isinstance(command, Predict)]
    last = asked[-1]
    assert last.picture.shape == (1, 28, 28)
    assert last.picture.dtype == np.uint8
    assert last.picture.max() > 200
    np.testing.assert_array_equal(
        last.picture, table.store.plan.dataset.pen(pad.drawing.surface.strokes())
    )
    assert [command.request for command in asked] == sorted({c.request for c in asked})
    table.give(pad, Prediction(0, last.request, 0, answer(7)))
    assert label(pad) == "7   98.2 %"
    assert pad.bars.text_of(7) == "7: 98.2 %"
    assert pad.bars.text_of(3) == "3: 0.2 %"


def test_the_bar_is_as_long_as_the_probability(table, pad):
    draw(pad)
    table.give(pad, Prediction(0, 10_000, 0, answer(7, 0.5)))
    whole = pad.bars._sides()[1] - pad.bars._sides()[0]
    assert pad.bars.bar_rect(7).width() == pytest.approx(whole / 2, abs=1)


def test_the_input_is_shown_pixel_by_pixel(table, pad):
    draw(pad)
    view = pad.drawing.input_view
    rect, picture = view.picture_rect(), view.grab().toImage()
    assert rect.width() % 28 == 0
    times = rect.width() // 28
    shown = [
        [
            picture.pixelColor(rect.x() + c * times + 1, rect.y() + r * times + 1).red()
            for c in range(28)
        ]
        for r in range(28)
    ]
    np.testing.assert_array_equal(shown, view.picture[0])


def test_it_asks_while_the_pen_moves_at_most_every_15_ms(table, pad, qtbot):
    surface = surface_of(pad)
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    began = time.perf_counter()
    for k in range(60):
        QTest.mouseMove(surface, QPoint(20 + 2 * k, 20 + k))
        qtbot.wait(1)
    taken_ms = 1000 * (time.perf_counter() - began)
    asked = len(table.sent)
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=QPoint(140, 80))
    assert 2 <= asked <= taken_ms / 15 + 2


def test_the_last_position_is_asked_about(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    np.testing.assert_array_equal(table.sent[-1].picture, pad.sample())


def test_clear(table, pad):
    draw(pad)
    table.give(pad, Prediction(0, 10_000, 0, answer(7)))
    QTest.mouseClick(pad.findChild(QPushButton, "digitPadClear"), Qt.MouseButton.LeftButton)
    assert label(pad) == "\N{EN DASH}"
    assert pad.bars.values is None
    assert isinstance(pad.sample(), int)


def test_an_answer_to_a_cleared_drawing_is_dropped(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    old = table.sent[-1].request
    pad.drawing.surface.clear()
    draw(pad, [((50, 10), (50, 90))])
    table.give(pad, Prediction(0, old, 0, answer(7)))
    assert not label(pad).startswith("7")


def test_undo_takes_one_stroke_back(table, pad):
    draw(pad, [((20, 20), (60, 20)), ((60, 20), (40, 80))])
    pad.findChild(QPushButton, "digitPadUndo").click()
    assert len(pad.drawing.surface.strokes()) == 1


def test_keys(table, pad):
    surface = surface_of(pad)
    draw(pad, [((20, 20), (60, 20)), ((60, 20), (40, 80))])
    QTest.keyClick(surface, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(surface.strokes()) == 1
    QTest.keyClick(surface, Qt.Key.Key_Delete)
    assert surface.empty


def test_a_finger_draws_and_a_second_one_does_not(table, pad):
    surface = surface_of(pad)
    device = QTest.createTouchDevice()
    QTest.touchEvent(surface, device).press(0, QPoint(20, 20), surface).commit()
    QTest.touchEvent(surface, device).move(0, QPoint(80, 30), surface).commit()
    QTest.touchEvent(surface, device).stationary(0).press(1, QPoint(150, 150), surface).commit()
    QTest.touchEvent(surface, device).move(0, QPoint(90, 90), surface).move(
        1, QPoint(10, 150), surface
    ).commit()
    QTest.touchEvent(surface, device).release(0, QPoint(90, 90), surface).release(
        1, QPoint(10, 150), surface
    ).commit()
    (stroke,) = surface.strokes()
    side = surface.width()
    np.testing.assert_allclose(stroke, np.array([[20, 20], [80, 30], [90, 90]]) / side)
    assert isinstance(table.sent[-1], Predict)


def test_a_tablet_pen_draws(table, pad):
    surface = surface_of(pad)
    stylus = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position,
        1,
        1,
    )

    def send(kind, x, y, button, buttons):
        place = QPointF(x, y)
        everywhere = surface.mapToGlobal(place)
        event = QTabletEvent(
            kind,
            stylus,
            place,
            everywhere,
            0.5,
            0,
            0,
            0,
            0,
            0,
            Qt.KeyboardModifier.NoModifier,
            button,
            buttons,
        )
        QApplication.sendEvent(surface, event)

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    send(QEvent.Type.TabletPress, 20.5, 20.25, left, left)
    send(QEvent.Type.TabletMove, 60.5, 40.25, none, left)
    send(QEvent.Type.TabletRelease, 60.5, 40.25, left, none)
    send(QEvent.Type.TabletMove, 90, 90, none, none)
    (stroke,) = surface.strokes()
    np.testing.assert_allclose(stroke * surface.width(), [[20.5, 20.25], [60.5, 40.25]])


def test_drawing_works_before_torch_is_there(table):
    panel = table.put(DigitPadPanel, 300, 420)
    draw(panel)
    assert not table.sent
    assert "loading PyTorch" in label(panel)
    assert panel.drawing.input_view.picture is not None
    table.give(panel, READY)
    assert not table.sent, "there is no network yet that could answer"
    table.give(panel, PREPARED)
    assert isinstance(table.sent[-1], Predict)


def test_it_asks_again_while_the_network_learns(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    before = len(table.sent)
    table.give(pad, Progress(1, 1, 10, 1.0, 1.0, 0.1))
    assert len(table.sent) == before, "just asked"
    qtbot.wait(320)
    table.give(pad, Progress(1, 2, 10, 1.0, 1.0, 0.1))
    table.give(pad, Progress(1, 3, 10, 1.0, 1.0, 0.1))
    assert len(table.sent) == before + 1
    table.give(pad, Started(2, 1, 1, 1, "CPU"))
    assert len(table.sent) == before + 2


def test_a_question_announces_itself(table, pad, qtbot):
    with qtbot.waitSignal(pad.expects_answer):
        draw(pad)


def test_views_follow_the_drawing(table, pad, qtbot):
    assert pad.sample() == 0
    with qtbot.waitSignal(pad.watch_changed):
        draw(pad)
    assert pad.sample().shape == (1, 28, 28)
    with qtbot.waitSignal(pad.watch_changed):
        pad.test_button.click()
    assert pad.sample() == 0


def test_a_test_sample_is_chosen_and_judged(table, pad, qtbot):
    pad.test_button.click()
    with qtbot.waitSignal(pad.watch_changed):
        pad.samples.forth.click()
    assert pad.sample() == 1
    picture = np.zeros((1, 28, 28), np.uint8)
    table.give(pad, Watched(0, picture, 2, answer(2)))
    assert label(pad).startswith("2   98.2 %")
    assert pad.verdict.text() == "✓ right"
    assert pad.samples.truth.text().endswith("2")
    table.give(pad, Watched(0, picture, 3, answer(2)))
    assert pad.verdict.text() == "✗ wrong"


def test_what_cannot_be_drawn_offers_test_samples(table, pad):
    table.store.edit("Dataset", lambda d: edits.set_dataset(d, "fashion-mnist"))
    dataset = table.store.plan.dataset
    if dataset.pen is not None:
        pytest.skip("there is a pen for it")
    assert not pad.draws
    assert not pad.draw_button.isEnabled()
    assert "can't be drawn" in pad.draw_button.toolTip()
    assert list(pad.bars.names) == list(dataset.classes)


def test_another_dataset_makes_another_input(table, pad, qtbot):
    draw(pad)
    table.store.edit("Dataset", lambda d: edits.set_dataset(d, "digits-8x8"))
    assert pad.sample().shape == (1, 8, 8)
    assert pad.drawing.caption.text() == "8 x 8 input"


def test_of_an_unknown_dataset_nothing_is_shown(table, pad, qtbot):
    draw(pad)
    table.give(pad, Prediction(0, 10_000, 0, answer(7)))
    table.store.edit("Dataset", lambda d: edits.set_dataset(d, "no such thing"))
    assert label(pad) == "\N{EN DASH}"
    assert pad.drawing.input_view.picture is None
    assert pad.numbers() is None


def test_an_answer_that_does_not_follow_the_pen_goes(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    asked = [command for command in table.sent if isinstance(command, Predict)]
    table.give(pad, Prediction(0, asked[-1].request, 0, answer(7)))
    draw(pad, [((20, 50), (80, 50))])
    assert label(pad).startswith("7"), "no flicker while the pen moves"
    qtbot.waitUntil(lambda: label(pad) == "…", timeout=2000)
    assert pad.bars.values is None
    asked = [command for command in table.sent if isinstance(command, Predict)]
    table.give(pad, Prediction(0, asked[-1].request, 0, answer(2)))
    assert label(pad).startswith("2"), "the answer that was late counts"


def test_a_nine_is_not_judged_as_a_sample(table, pad, qtbot):
    draw(pad)
    qtbot.wait(40)
    asked = [command for command in table.sent if isinstance(command, Predict)]
    pad.test_button.click()
    picture = np.zeros((1, 28, 28), np.uint8)
    table.give(pad, Watched(0, picture, 4, answer(2), sample=0))
    assert pad.verdict.text() == "✗ wrong"
    pad.draw_button.click()
    assert (pad.verdict.text(), pad.bars.values) == ("", None)
    table.give(pad, Prediction(0, asked[-1].request, 0, answer(9)))
    assert pad.bars.values is None, "it was asked anew"
    again = [command for command in table.sent if isinstance(command, Predict)]
    table.give(pad, Prediction(0, again[-1].request, 0, answer(9)))
    assert label(pad).startswith("9")


def test_another_sample_takes_the_last_one_away(table, pad, qtbot):
    pad.test_button.click()
    picture = np.ones((1, 28, 28), np.uint8)
    table.give(pad, Watched(0, picture, 4, answer(4), sample=0))
    assert pad.samples.view.picture is not None
    pad.samples.forth.click()
    assert pad.samples.view.picture is None
    assert pad.bars.values is None
    table.give(pad, Watched(0, picture, 4, answer(4), sample=0))
    assert pad.bars.values is None, "it is about the sample before"
