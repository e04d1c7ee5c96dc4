"""The sweep panel: ranges are filled in, trials follow one another, results are read and sifted."""

import gc

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from explorer.graph import edits
from explorer.plan import search
from explorer.plan.ranges import Range
from explorer.plan.sweep import suggested
from explorer.protocol.commands import ResumeRun, Stop, Train
from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Failed,
    SettingChanged,
    Started,
    Status,
)
from explorer.records import sweeps as recorded
from explorer.records.store import RunStore
from explorer.ui.panels.sweep.parallel_axes import axis_of
from explorer.ui.panels.sweep.sweep import SweepPanel
from tests.ui.panels.rig import RunsRig

STEPS = 10  # an epoch
LEFT = Qt.MouseButton.LeftButton


class Rig(RunsRig):
    """The sweep panel."""

    def __init__(self, qtbot, table, folder):
        super().__init__(qtbot, table, folder)
        self.open()

    def open(self):
        self.panel = self.put(SweepPanel)

    def trained(self):
        """The documents of the trials so far."""
        return [command.plan.document for command in self.sent if isinstance(command, Train)]

    def begin(self):
        """The engine begins the run that was asked for last; its number."""
        number = next(c.run for c in reversed(self.sent) if isinstance(c, Train))
        self.tell(Started(number, STEPS, STEPS, 1, "CPU", 0, "ab" * 32), Status(number, "running"))
        return number

    def finish(self, accuracy, loss=0.5):
        number = self.begin()
        confusion = np.eye(10, dtype=np.int64)
        self.tell(
            EpochDone(number, 1, STEPS, 0.4, 0.9, loss, accuracy, 1.0, confusion),
            Checkpointed(number, STEPS, 1, self.folder / "a.safetensors", "cd" * 32, 100),
            Status(number, "finished", STEPS),
        )
        return number

    def vary(self, **ranges):
        """These instead of what a new panel has."""
        self.panel.ranges.remove_selected()
        for of in ranges.values():
            self.panel.ranges.add(of)

    def states(self):
        """As the table has them."""
        return [trial.state for trial in self.panel.view.table.source.rows]

    def row(self, place):
        model = self.panel.view.table.model()
        return [model.data(model.index(place, k)) for k in range(model.columnCount())]


@pytest.fixture
def rig(qtbot, table, tmp_path):
    gc.collect()
    gc.disable()  # as the window does: widgets must not be collected by the store's thread
    rig = Rig(qtbot, table, tmp_path)
    yield rig
    rig.recording.close([])
    gc.enable()


RATES = Range("rate", choices=(0.1, 0.01, 0.001))


def three(rig):
    """A grid of three rates."""
    rig.vary(rate=RATES)
    rig.panel.form.method.setCurrentIndex(rig.panel.form.method.findData("grid"))
    rig.panel.start.click()


def test_events_that_never_pause_do_not_hold_the_panel_up(rig):
    """A quick network tells of itself with every look into the mailbox."""
    three(rig)
    steady = QTimer(interval=5)
    steady.timeout.connect(rig.runner.changed)
    steady.start()
    rig.until(rig.panel.stop.isEnabled)
    number = rig.begin()
    rig.until(lambda: "Trial 1 of 3 runs" in rig.panel.status.text())
    rig.panel.stop.click()
    rig.tell(Status(number, "stopped"))
    rig.until(rig.panel.start.isEnabled)
    steady.stop()


def test_a_new_panel_can_be_started_at_once(rig):
    assert rig.panel.ranges.names == ["rate"]
    assert rig.panel.start.isEnabled()
    assert not rig.panel.stop.isEnabled()
    assert rig.panel.status.text() == "10 trials of 1 epoch, the most accurate wins."


def test_parameters_are_found_by_a_part_of_their_name_and_taken_away(rig):
    box = rig.panel.parameter
    box.completer().setCompletionPrefix("1.OUT_F")
    assert box.completer().completionCount() == 1
    box.activated.emit(box.findText(box.completer().currentCompletion()))
    assert rig.panel.ranges.names == ["rate", "fc1.out_features"]
    assert rig.panel.sweep().ranges[1] == suggested(rig.store.document, "fc1.out_features")
    rig.until(lambda: box.lineEdit().text() == "")
    rig.panel.ranges.selectRow(0)
    QTest.keyClick(rig.panel.ranges, Qt.Key.Key_Delete)
    assert rig.panel.ranges.names == ["fc1.out_features"]


def test_ranges_are_read_as_they_are_filled_in(rig):
    rig.vary(**{"conv1.kernel_size": suggested(rig.store.document, "conv1.kernel_size")})
    rig.panel.ranges.add(suggested(rig.store.document, "optimiser"))
    table = rig.panel.ranges
    for column, text in ((1, "1"), (2, "9"), (4, "3")):
        table.item(0, column).setText(text)
    table.item(1, 1).setText("sgd, adam")
    first, second = rig.panel.sweep().ranges
    assert first.grid() == (1, 5, 9)
    assert second.choices == ("sgd", "adam")
    table.findChild(QComboBox, "scale_conv1.kernel_size").setCurrentText("log")
    assert rig.panel.sweep().ranges[0].log
    rig.panel.form.method.setCurrentIndex(rig.panel.form.method.findData("grid"))
    assert rig.panel.form.trials.value() == 6
    assert not rig.panel.form.trials.isEnabled()


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [(1, "5", "The second number has to be the larger one"), (2, "x", "'x' is no number")],
)
def test_a_range_that_cannot_be_says_why(rig, column, text, why):
    rig.panel.ranges.item(0, column).setText(text)
    assert not rig.panel.start.isEnabled()
    assert why in rig.panel.start.toolTip()
    assert why in rig.panel.status.text()
    assert why in rig.panel.ranges.item(0, column).toolTip()
    error = rig.table.theme.colours.error
    assert rig.panel.ranges.item(0, 1).foreground().color().name() == error


def test_a_network_with_a_problem_cannot_be_swept(rig):
    rig.store.edit("cut", lambda d: edits.disconnect(d, [d.wires[0]]))
    rig.until(lambda: not rig.panel.start.isEnabled())
    assert "the Problems panel says why" in rig.panel.start.toolTip()
    rig.store.undo()
    rig.until(rig.panel.start.isEnabled)


def test_trials_follow_one_another_and_the_best_is_told(rig):
    three(rig)
    for number, accuracy in ((1, 0.5), (2, 0.9), (3, 0.7)):
        assert len(rig.trained()) == number
        assert rig.trained()[-1].training.epochs == 1
        rig.finish(accuracy)
    assert [document.training.rate for document in rig.trained()] == [0.1, 0.01, 0.001]
    assert not rig.sweeps.going
    assert rig.bar.text.startswith(
        "The sweep of 3 trials is done. Best: test accuracy 90.00 % (trial 2, run 2: rate 0.01)."
    )
    rig.until(lambda: len(rig.panel.view.plot.threads) == 3)
    rig.until(lambda: rig.states() == ["finished"] * 3)
    assert rig.row(1) == ["2 ★", "90.00 %", "0.5000", "0.01", "2", "finished"]
    assert rig.panel.view.plot.best == 2
    assert rig.store.document.training.rate == 0.001  # the canvas is as it was


def test_the_runs_bear_the_tag_and_are_found_again_at_the_next_start(rig):
    three(rig)
    for accuracy in (0.5, 0.9, 0.7):
        rig.finish(accuracy)
    rig.until(lambda: rig.states() == ["finished"] * 3)
    told = rig.panel.chooser.trials
    rig.sweeps.course = None  # as a new window has it
    rig.panel.close()
    rig.open()
    rig.until(lambda: len(rig.panel.chooser.trials) == 3)
    assert rig.panel.chooser.trials == told
    assert "3 runs" in rig.panel.chooser.currentText()
    assert rig.panel.view.plot.best == 2
    store = RunStore.open(rig.folder)
    (head,) = recorded.heads(store)
    assert all(each.tags == (head.tag,) for each in store.runs())
    store.close()


def test_what_cannot_be_trained_and_what_fails_is_counted_and_the_next_begins(rig):
    rig.vary(groups=Range("conv1.groups", choices=(2, 1)), rate=Range("rate", choices=(1.0, 0.1)))
    rig.panel.form.method.setCurrentIndex(rig.panel.form.method.findData("grid"))
    rig.panel.start.click()
    assert [document.training.rate for document in rig.trained()] == [1.0]  # two were not made
    number = rig.begin()
    rig.tell(Failed(number, "training", "The loss is not a number."), Status(number, "paused", 5))
    assert isinstance(rig.sent[-1], Stop)
    rig.tell(Status(number, "stopped", 5))
    assert [document.training.rate for document in rig.trained()] == [1.0, 0.1]
    rig.finish(0.8)
    rig.until(lambda: rig.states() == ["failed", "failed", "failed", "finished"])
    reasons = [trial.reason for trial in rig.panel.chooser.trials]
    assert "conv1 can't split 1 channels" in reasons[0]
    assert reasons[2] == "The loss is not a number."
    rig.until(lambda: "3 failed" in rig.panel.status.text())


def test_a_run_that_cannot_begin_is_a_failed_trial(rig):
    three(rig)
    rig.tell(Failed(0, "training", "There is not enough memory."))
    rig.finish(0.5)
    rig.finish(0.6)
    rig.until(lambda: rig.states() == ["failed", "finished", "finished"])


def test_a_trial_whose_rate_was_moved_is_no_measurement_of_it(rig):
    three(rig)
    number = rig.begin()
    rig.tell(SettingChanged(number, 3, "rate", 0.5))
    confusion = np.eye(10, dtype=np.int64)
    rig.tell(
        EpochDone(number, 1, STEPS, 0.4, 0.9, 0.5, 0.99, 1.0, confusion),
        Status(number, "finished", STEPS),
    )
    assert rig.sweeps.course.trials.done[0].state == "failed"
    assert "rate was set to something else" in rig.sweeps.course.trials.done[0].reason


def test_stop_ends_the_sweep_and_says_what_is_left(rig):
    three(rig)
    rig.finish(0.5)
    number = rig.begin()
    rig.until(rig.panel.stop.isEnabled)
    rig.panel.stop.click()
    assert isinstance(rig.sent[-1], Stop)
    rig.tell(Status(number, "stopped", 3))
    assert len(rig.trained()) == 2
    assert not rig.sweeps.going
    assert "stopped at trial 2 of 3; 1 are left" in rig.bar.text
    rig.until(lambda: rig.states() == ["finished", "stopped"])
    rig.until(rig.panel.start.isEnabled)
    rig.answer("Go on")
    assert [document.training.rate for document in rig.trained()] == [0.1, 0.01, 0.001]
    rig.finish(0.4)
    assert "The sweep of 3 trials is done" in rig.bar.text


def test_a_run_that_goes_on_is_ended_first(rig):
    rig.runner.train()
    number = rig.begin()
    three(rig)
    assert len(rig.trained()) == 1
    assert isinstance(rig.sent[-1], Stop)
    rig.tell(Status(number, "stopped", 3))
    assert [document.training.rate for document in rig.trained()] == [0.001, 0.1]


def test_the_canvas_says_that_the_network_is_another(rig):
    rig.vary(**{"fc1.out_features": Range("fc1.out_features", choices=(32, 64))})
    rig.panel.form.method.setCurrentIndex(rig.panel.form.method.findData("grid"))
    rig.panel.start.click()
    assert rig.runner.changed_since()
    assert rig.runner.document.nodes["fc1"].block.out_features == 32
    assert rig.store.document.nodes["fc1"].block.out_features == 128


def test_a_trial_is_loaded_from_the_table(rig):
    (rig.folder / "a.safetensors").write_bytes(b"weights")
    three(rig)
    assert not rig.panel.load.isEnabled()
    for accuracy in (0.5, 0.9, 0.7):
        rig.finish(accuracy)
    rig.until(lambda: rig.states() == ["finished"] * 3)
    rig.panel.view.table.choose(2)
    rig.until(rig.panel.load.isEnabled)
    assert rig.panel.view.plot.chosen == 2
    assert "rate 0.01" in rig.panel.view.readout.text()
    rig.panel.activateWindow()
    rig.panel.view.table.setFocus()
    rig.until(rig.panel.view.table.hasFocus)
    QTest.keyClick(rig.panel.view.table, Qt.Key.Key_Return)
    rig.until(lambda: any(isinstance(command, ResumeRun) for command in rig.sent))
    assert rig.store.document.training.rate == 0.01


@pytest.fixture
def done(rig):
    """Three trials that are over."""
    three(rig)
    for accuracy in (0.5, 0.9, 0.7):
        rig.finish(accuracy)
    rig.until(lambda: len(rig.panel.view.plot.threads) == 3 and rig.states() == ["finished"] * 3)
    return rig


def test_the_pointer_reads_a_line_out(done):
    plot = done.panel.view.plot
    place = plot.points(plot.threads[1])
    QTest.mouseMove(plot, QPoint(1, 1))
    QTest.mouseMove(plot, ((place[0] + place[1]) / 2).toPoint())
    done.until(lambda: plot.under == 2)
    assert "90.00 % (trial 2" in done.panel.view.readout.text()
    assert "rate 0.01" in plot.toolTip()
    QTest.mouseClick(plot, LEFT, pos=((place[0] + place[1]) / 2).toPoint())
    assert done.panel.view.table.chosen.number == 2


def test_a_drag_along_an_axis_sifts_the_trials(done):
    plot, model = done.panel.view.plot, done.panel.view.table.model()
    x = round(plot.x_of(1))
    above, below = (QPoint(x, round(plot.y_of(share))) for share in (1.0, 0.4))
    QTest.mousePress(plot, LEFT, pos=above)
    QTest.mouseMove(plot, below)
    QTest.mouseRelease(plot, LEFT, pos=below)
    assert [model.data(model.index(k, 0)) for k in range(model.rowCount())] == ["2 ★", "3"]
    assert done.panel.view.readout.text().startswith("2 of 3 trials pass")
    QTest.mouseClick(plot, LEFT, pos=below)
    assert model.rowCount() == 3
    assert not plot.brushes


def test_the_plot_is_read_by_keys(done):
    plot = done.panel.view.plot
    QTest.keyClick(plot, Qt.Key.Key_Up)
    seen = [plot.chosen]
    for _ in range(2):
        QTest.keyClick(plot, Qt.Key.Key_Up)
        seen.append(plot.chosen)
    assert seen == [1, 3, 2]  # from the worst to the best
    plot.brush("Test acc.", 0.9, 1.0)
    assert done.panel.view.table.model().rowCount() == 1
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert done.panel.view.table.model().rowCount() == 3


def test_the_loss_can_decide_and_columns_sort(done):
    done.panel.view.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [done.row(k)[0] for k in range(3)] == ["2 ★", "3", "1"]
    done.panel.form.measure.setCurrentIndex(1)
    assert done.panel.view.plot.axes[-1].name == "Test loss"
    assert done.panel.view.plot.best == 1  # all have the same


def test_it_is_taken_away_as_numbers(done):
    numbers = done.panel.view.save.numbers()
    assert numbers.columns["rate"].tolist() == [0.1, 0.01, 0.001]
    assert numbers.columns["test accuracy"].tolist() == [0.5, 0.9, 0.7]
    assert numbers.columns["run"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_painted_in_both_schemes_and_where_there_is_little_room(done, dark):
    done.table.theme.use(dark)
    wide = done.panel.view.plot.grab().toImage()
    assert len({wide.pixel(x, wide.height() // 2) for x in range(wide.width())}) > 10
    done.panel.resize(480, 200)
    done.panel.pages.setCurrentIndex(0)
    assert not done.panel.view.plot.isVisible()
    done.panel.pages.setCurrentIndex(1)
    assert done.panel.view.plot.isVisible()
    done.panel.grab()
    done.table.theme.use(False)


def test_without_optuna_it_says_how_to_get_it(rig, monkeypatch):
    def missing(sweep):
        raise search.SweepError(search.MISSING)

    monkeypatch.setattr(search, "Tpe", missing)
    rig.panel.form.method.setCurrentIndex(rig.panel.form.method.findData("tpe"))
    rig.panel.start.click()
    assert "pip install 'architecture-explorer[sweep]'" in rig.panel.status.text()
    assert not rig.trained()


def test_another_document_takes_ranges_away_that_it_does_not_have(rig):
    rig.panel.ranges.add(suggested(rig.store.document, "conv1.out_channels"))
    rig.store.edit("gone", lambda d: edits.remove_nodes(d, ["conv1"], heal=True))
    rig.until(lambda: "Tutorial CNN has no conv1.out_channels" in rig.panel.status.text())
    rig.store.open(rig.store.document)
    assert rig.panel.ranges.names == ["rate"]


def test_scales_are_chosen_by_what_they_hold():
    assert axis_of("rate", [0.0001, 0.01]).log
    assert not axis_of("batch", [32, 64]).log
    assert axis_of("bias", [True, False]).choices == (False, True)
    assert [text for _, text in axis_of("acc", [0.5, 0.9], percent=True).ticks()] == [
        "50.0 %",
        "90.0 %",
    ]
    assert axis_of("one", [3, 3]).place(3) == 0.5
