"""The curves are those of the log, smoothing is the mean that it says."""

import csv
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from explorer.protocol.events import EpochDone, HeldOut, Losses, SettingChanged, Started
from explorer.records.smoothing import smoothed
from explorer.ui.kit.plot import room_for, roomy
from explorer.ui.kit.take_away import save_csv, save_png, save_svg
from explorer.ui.panels.curves.curves import CurvesPanel
from explorer.ui.panels.curves.plots.curve_plots import EPOCH, HELD, MEAN, RAW


def run_events(steps=300):
    random = np.random.default_rng(1)
    at = np.arange(1, steps + 1)
    losses = (2 / np.sqrt(at) + 0.1 * random.random(steps)).astype(np.float32)
    return [
        Started(3, 100, 300, 1, "CPU"),
        Losses(3, at, losses, np.linspace(0, 0.99, steps, dtype=np.float32)),
        HeldOut(3, 100, 500, 0.3, 0.91),
        HeldOut(3, 200, 500, 0.2, 0.95),
        EpochDone(3, 1, 100, 0.4, 0.9, 0.31, 0.905, 1.0, np.eye(10, dtype=np.int64)),
    ]


@pytest.fixture
def curves(table):
    panel = table.put(CurvesPanel)
    table.give(panel, *run_events())
    panel.refresh()
    return panel


def test_before_a_run_it_says_what_to_do(table):
    assert "Press Train" in table.put(CurvesPanel).frame.says


def test_nothing_of_pyqtgraphs_own_menus_is_seen(curves):
    assert not [menu for menu in curves.loss.findChildren(QMenu) if menu.isVisible()]


def test_curves_equal_the_log(table, curves):
    steps, losses, accuracies = table.log.training()
    x, y = curves.loss.curves[RAW].getOriginalDataset()
    np.testing.assert_array_equal(x, steps)
    np.testing.assert_array_equal(y, losses)
    np.testing.assert_allclose(
        curves.accuracy.curves[RAW].getOriginalDataset()[1], 100 * accuracies
    )
    np.testing.assert_allclose(
        curves.loss.curves[HELD].getOriginalDataset(), [[100, 200], [0.3, 0.2]]
    )
    np.testing.assert_allclose(curves.accuracy.curves[HELD].getOriginalDataset()[1], [91, 95])
    np.testing.assert_allclose(curves.accuracy.curves[EPOCH].getOriginalDataset(), [[100], [90.5]])


def test_the_thick_curve_is_smoothed_as_is_written_beside(table, curves):
    losses = table.log.training()[1]
    assert curves.smoothing_label.text() == "Smoothing: 20 steps"
    shown = curves.loss.curves[MEAN].getOriginalDataset()[1]
    np.testing.assert_allclose(shown, smoothed(losses, 20))
    curves.smoothing.setValue(0)
    np.testing.assert_allclose(curves.loss.curves[MEAN].getOriginalDataset()[1], losses)


def test_at_most_two_points_a_pixel(table, curves, qtbot):
    many = np.arange(301, 100_301)
    noise = np.random.default_rng(3).random(len(many)).astype(np.float32)
    table.give(curves, Losses(3, many, noise, noise))
    curves.refresh()
    curves.grab()
    for name in (RAW, MEAN):
        assert len(curves.loss.curves[name].getData()[0]) <= 2.2 * curves.loss.width(), name


def test_epochs_are_marked(curves):
    assert [mark.value() for mark in curves.loss.marks] == [100, 200, 300]


def test_hover_reads_the_log(table, curves):
    losses = table.log.training()[1]
    text = curves.text_at(150.2)
    assert text.startswith(f"step 150: loss {losses[149]:.4g}")
    assert "test, step 100: 0.3, 91.0 %" in text


def test_many_events_make_few_repaints(table, curves, monkeypatch, qtbot):
    calls = []
    monkeypatch.setattr(curves, "_show", lambda: calls.append(1))
    for step in range(40):
        table.give(curves, HeldOut(3, 300 + step, 1, 0.1, 0.9))
        qtbot.wait(5)
    qtbot.waitUntil(lambda: bool(calls))
    assert len(calls) <= 3


def test_behind_another_tab_nothing_is_drawn(table, curves, monkeypatch, qtbot):
    qtbot.waitUntil(lambda: not curves._timer.isActive())
    calls = []
    monkeypatch.setattr(curves, "_show", lambda: calls.append(1))
    monkeypatch.setattr(type(curves), "seen", property(lambda panel: False))
    table.give(curves, HeldOut(3, 301, 1, 0.1, 0.9))
    qtbot.wait(600)
    assert not calls


@pytest.mark.parametrize("length", [0.003, 1, 1.1, 7.3, 99.9, 100, 101, 2814, 1e7 / 3])
def test_an_axis_has_room_for_its_curve_and_not_much_more(length):
    assert length * (1 - 1e-9) <= room_for(length) <= 4 / 3 * length


@pytest.mark.parametrize(("low", "high"), [(0.0, 2.3), (-1.7, -1.2), (97.21, 99.13), (0, 1e-6)])
def test_a_range_is_rounded_outwards_by_little(low, high):
    found = roomy(low, high)
    assert found[0] <= low + 1e-12
    assert found[1] >= high - 1e-12
    assert found[1] - found[0] <= 1.34 * (high - low)


def test_axes_stay_while_a_curve_grows_into_their_room(table, curves):
    box = curves.loss.getPlotItem().vb
    before = box.viewRange()
    more = np.arange(301, 381)
    table.give(curves, Losses(3, more, np.full(80, 0.5, np.float32), np.ones(80, np.float32)))
    curves.refresh()
    assert box.viewRange()[0] != before[0]
    now = box.viewRange()
    table.give(curves, Losses(3, np.array([381]), np.ones(1, np.float32), np.ones(1, np.float32)))
    curves.refresh()
    assert box.viewRange() == now
    assert now[0][1] > 381


def test_log_loss(curves):
    curves.log_loss.setChecked(True)
    assert curves.loss.getPlotItem().getAxis("left").logMode
    assert not curves.accuracy.getPlotItem().getAxis("left").logMode


def test_a_new_run_begins_anew(table, curves):
    table.give(curves, Started(4, 100, 300, 1, "CPU"))
    curves.refresh()
    assert "Press Train" in curves.frame.says


def test_numbers_as_csv(curves, tmp_path):
    save_csv(curves.numbers(), tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert rows[99]["step"] == "100"
    assert float(rows[99]["held_out_loss"]) == 0.3
    assert float(rows[99]["test_accuracy"]) == 0.905
    assert rows[98]["held_out_loss"] == ""


def test_settings_that_were_changed_are_marked_where_they_came_to_rest(table, curves):
    table.give(
        curves,
        SettingChanged(3, 50, "rate", 0.01),
        SettingChanged(3, 52, "rate", 0.02),
        SettingChanged(3, 150, "dropout1.dropout", 0.3),
        SettingChanged(3, 220, "weight_decay", 0.1),
    )
    curves.refresh()
    marks = [(mark.value(), mark.label.format) for mark in curves.loss.marks]
    assert marks[-3:] == [
        (52.0, "rate 0.02"),
        (150.0, "dropout1 dropout 0.3"),
        (220.0, "weight decay 0.1"),
    ]
    assert len(curves.accuracy.marks) == len(marks)
    table.give(curves, SettingChanged(3, 220, "weight_decay", 0.2))
    curves.refresh()
    assert curves.loss.marks[-1].label.format == "weight decay 0.2"


def test_the_range_does_not_depend_on_the_points_that_are_drawn(table, curves):
    """Else the two chase each other from paint to paint, and the window hangs."""
    box = curves.accuracy.getPlotItem().vb
    values = np.linspace(0, 1, 17_000, dtype=np.float32)
    for count in range(16_000, 17_000, 7):
        for plot in (curves.loss, curves.accuracy):
            plot.curves[MEAN].setData(np.arange(1, count + 1), values[:count])
            plot.curves[RAW].setData(np.arange(1, count + 1), values[:count])
        seen = []
        for _ in range(3):
            for plot in (curves.loss, curves.accuracy):
                plot.getPlotItem().vb.updateAutoRange()
            seen.append(box.viewRange()[0])
        assert seen[1] == seen[2], count


def test_zoom_shows_where_something_happens(table, curves):
    box = curves.accuracy.getPlotItem().vb
    assert box.viewRange()[1][0] < 10
    curves.zoom.setChecked(True)
    low, high = box.viewRange()[1]
    assert 15 < low < 30  # a quarter of the run had reached 25 %
    assert high > 98
    curves.zoom.setChecked(False)
    assert box.viewRange()[1][0] < 10


def test_one_point_has_axes_that_begin_at_nought(table):
    panel = table.put(CurvesPanel)
    at = np.array([1])
    table.give(panel, Started(3, 100, 300, 1, "CPU"))
    table.give(panel, Losses(3, at, np.array([2.3], np.float32), np.array([0.1], np.float32)))
    panel.refresh()
    for plot in panel.plots.both:
        for low, high in plot.getPlotItem().vb.viewRange():
            assert low == 0
            assert high >= 4
    table.give(panel, Losses(3, at + 1, np.array([2.1], np.float32), np.array([0.2], np.float32)))
    panel.refresh()
    assert panel.loss.getPlotItem().vb.viewRange()[0][1] < 3  # they follow the curve now


def test_the_legend_is_in_sight_at_any_size_and_wraps(curves):
    legend = curves.plots.legend
    for width in (260, 480, 900):
        places = legend.places(width)
        assert all(
            place.right() <= max(width, legend.minimumSizeHint().width()) for place in places
        )
        assert not any(a.intersects(b) for a, b in pairwise(places))
        assert legend.heightForWidth(width) >= places[-1].bottom() - 1
    curves.resize(300, 300)
    curves.grab()
    assert legend.places(legend.width())[-1].bottom() <= legend.height() + 1
    curves.resize(480, 150)
    assert legend.isVisible()


def test_what_is_taken_away_is_a_slide_with_title_and_legend(table, curves, tmp_path):
    curves.resize(420, 160)
    slide = curves.slide()
    assert (slide.width(), slide.height()) == (1280, 640)
    assert slide.legend.isVisibleTo(slide)
    x, _ = slide.loss.curves[RAW].getOriginalDataset()
    np.testing.assert_array_equal(x, table.log.training()[0])
    save_png(slide, tmp_path / "curves.png", curves.frame.caption.text())
    picture = QImage(str(tmp_path / "curves.png"))
    assert picture.width() == 2560
    assert picture.height() > 1280
    save_svg(slide, tmp_path / "curves.svg", curves.frame.caption.text())
    assert "Run 3" in (tmp_path / "curves.svg").read_text(encoding="utf-8")
    slide.deleteLater()
