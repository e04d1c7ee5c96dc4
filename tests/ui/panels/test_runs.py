"""The runs panel: what it lists, what it compares, what it asks for, what it says it can't do."""

import csv
import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QToolButton

from explorer.graph.edits import set_params, set_training
from explorer.protocol.commands import ResumeRun, Stop, Train, TrainMore
from explorer.protocol.events import Checkpointed, EpochDone, HeldOut, Losses, Started, Status
from explorer.records.store import FILE, RunStore
from explorer.ui.panels.runs.run_exports import RunExports
from explorer.ui.panels.runs.runs import RunsPanel
from explorer.ui.session.recording import Recording
from explorer.ui.session.runner import Runner
from tests.ui.panels.rig import RunsRig

STEPS = 10  # an epoch


class Rig(RunsRig):
    """The runs panel."""

    def __init__(self, qtbot, table, folder):
        super().__init__(qtbot, table, folder)
        self.panel = self.put(RunsPanel)

    def listed(self):
        return [row.record.id for row in self.panel.table.runs.rows]

    def choose(self, *ids):
        """Once they are listed as they are now: it may have looked while a run was written."""
        store = RunStore.open(self.folder)
        self.until(lambda: set(ids) <= set(self.listed()))
        self.until(lambda: all(store.run(each) in self.records() for each in ids))
        store.close()
        self.panel.table.choose(ids)

    def records(self):
        return [row.record for row in self.panel.table.runs.rows]

    def press(self, name):
        button = self.panel.findChild(QToolButton, f"{name}RunButton")
        assert button.isEnabled(), button.toolTip()
        button.click()

    def keys(self, key):
        """Typed while the table has the focus."""
        self.panel.activateWindow()
        self.panel.table.setFocus()
        self.until(self.panel.table.hasFocus)
        QTest.keyClick(self.panel.table, key)


@pytest.fixture
def rig(qtbot, table, tmp_path):
    rig = Rig(qtbot, table, tmp_path)
    yield rig
    rig.recording.close([])


@pytest.fixture
def kept(rig):
    """A way to put finished runs into the store."""

    def keep(document=None, epochs=2, end="finished", seed=0, rate=0.001):
        store = RunStore.open(rig.folder)
        document = set_training(document or rig.store.document, {"seed": seed, "rate": rate})
        record = store.begin(document, {"torch": "2.13.0"})
        store.start(record.id, Started(record.id, STEPS, STEPS * 3, 1, "CPU", 0, "ab" * 32))
        steps = np.arange(1, STEPS * epochs + 1)
        losses = (1 / steps + 0.1 * seed).astype(np.float32)
        if epochs:
            store.add(record.id, [Losses(record.id, steps, losses, losses * 0)])
        for epoch in range(1, epochs + 1):
            at, path = STEPS * epoch, record.folder / f"step-{epoch}.safetensors"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"weights")
            confusion = np.eye(10, dtype=np.int64)
            store.add(
                record.id,
                [
                    HeldOut(record.id, at, 500, 0.5, 0.8),
                    EpochDone(record.id, epoch, at, 0.4, 0.9, 0.5, 0.9, 1.0, confusion),
                    Checkpointed(record.id, at, epoch, path, "cd" * 32, 1_500_000),
                ],
            )
        if end is not None:
            store.end(record.id, end)
        store.close()
        rig.panel.refresh()
        return record.id

    return keep


def test_runs_are_listed_newest_first_and_found_by_words(rig, kept):
    kept()
    kept(end="stopped")
    rig.until(lambda: rig.listed() == [2, 1])
    model = rig.panel.table.model()
    shown = [model.data(model.index(0, column)) for column in range(model.columnCount())]
    assert shown[:5] == ["2", "Tutorial CNN", "90.00 %", "2 of 3", "stopped"]
    assert shown[-1] == "3.0 MB"
    assert "2 runs" in rig.panel.total.text()
    rig.panel.search.setText("finished tutorial")
    rig.until(lambda: rig.listed() == [1])
    rig.panel.search.setText("no such word")
    rig.until(lambda: "No run has" in rig.panel.message.text())


def test_runs_that_differ_by_their_seed_are_one_mean_with_a_band(rig, kept):
    for seed in range(3):
        kept(seed=seed)
    kept(rate=0.1)
    rig.choose(1, 2, 3, 4)
    rig.until(lambda: rig.panel.plot is not None and len(rig.panel.plot.drawn) == 2)
    single, several = rig.panel.plot.drawn
    assert single.band is None
    assert several.band.runs == 3
    assert several.name.startswith("rate 0.001, 3 seeds (runs 1, 2, 3)")
    mean, low, high = (each[-1] for each in (several.values, several.band.low, several.band.high))
    assert f"{mean:.4g} ({low:.4g} to {high:.4g})" in several.name
    assert np.allclose(several.band.high - several.band.low, 0.2, atol=1e-6)
    rig.panel.measure.setCurrentText("Test accuracy")
    assert rig.panel.plot.drawn[0].values.tolist() == pytest.approx([90.0, 90.0])


def test_settings_that_differ_come_first_and_are_marked(rig, kept):
    kept()
    kept(rate=0.5)
    rig.choose(1, 2)
    rig.panel.pages.setCurrentIndex(1)
    settings = rig.panel.settings
    assert [settings.item(0, k).text() for k in range(3)] == ["≠ rate", "0.5", "0.001"]
    assert not settings.item(1, 0).text().startswith("≠")


def test_a_run_that_goes_on_does_not_fill_its_settings_in_anew(rig, kept):
    kept(end=None)
    kept(rate=0.5)
    rig.choose(1, 2)
    rig.panel.pages.setCurrentIndex(1)
    first = rig.panel.settings.item(0, 1)
    store = RunStore.open(rig.folder)
    store.add(1, [Losses(1, np.array([25]), np.ones(1, np.float32), np.ones(1, np.float32))])
    store.close()
    rig.panel.refresh()
    rig.until(lambda: any(record.step == 25 for record in rig.panel.table.chosen()))
    assert rig.panel.settings.item(0, 1) is first
    kept(rate=0.25)
    rig.choose(1, 3)
    assert rig.panel.settings.item(0, 1).text() == "0.25"


def test_tags_and_note_are_written_as_they_are_typed(rig, kept):
    kept()
    rig.choose(1)
    rig.keys(Qt.Key.Key_F2)
    assert rig.panel.words.tags.hasFocus()
    QTest.keyClicks(rig.panel.words.tags, "baseline try-2")
    rig.panel.words.note.setPlainText("Too fast.")
    rig.until(lambda: rig.panel.table.runs.rows[0].record.note == "Too fast.")
    assert rig.panel.table.runs.rows[0].record.tags == ("baseline", "try-2")


def test_load_shows_the_document_with_its_weights_and_ends_there(rig, kept):
    before = rig.store.document
    other = set_training(before, {"batch": 32})
    kept(document=other)
    rig.choose(1)
    rig.keys(Qt.Key.Key_Return)
    rig.until(lambda: ResumeRun in map(type, rig.sent))
    assert rig.store.document == other
    asked = next(command for command in rig.sent if isinstance(command, ResumeRun))
    assert (asked.path.name, asked.paused, asked.folder) == ("step-2.safetensors", True, None)
    assert isinstance(rig.sent[-1], Stop)
    rig.tell(Started(asked.run, STEPS, STEPS * 3, 1, "CPU", 20))
    assert [type(event) for event in rig.handed].count(EpochDone) == 2
    assert all(event.run == asked.run for event in rig.handed)


def test_resume_goes_on_as_a_run_of_its_own_with_the_earlier_curves(rig, kept):
    kept(end="stopped")
    rig.choose(1)
    rig.press("resume")
    rig.until(lambda: ResumeRun in map(type, rig.sent))
    asked = rig.sent[-1]
    assert (asked.run, asked.path.name, asked.paused) == (2, "step-2.safetensors", False)
    rig.tell(
        Started(2, STEPS, STEPS * 3, 1, "CPU", 20),
        Status(2, "running", 20),
        Losses(2, np.arange(21, 31), np.ones(10, np.float32), np.ones(10, np.float32)),
        Status(2, "finished", 30),
    )
    rig.until(lambda: rig.panel.table.runs.rows[0].record.state == "finished")
    record = rig.panel.table.runs.rows[0].record
    assert (record.id, record.parent, record.parent_step, record.step) == (2, 1, 20, 30)


def test_a_finished_run_is_lengthened(rig, kept):
    kept(epochs=3)
    rig.choose(1)
    assert "Train more" in rig.panel.acts.actions["resume"].toolTip()
    rig.panel.epochs.setValue(4)
    rig.press("more")
    rig.until(lambda: TrainMore in map(type, rig.sent))
    assert rig.sent[-1] == TrainMore(4)
    # It is put back at its end first: that is not the end of the new record.
    rig.tell(Started(2, STEPS, 30, 1, "CPU", 30), Status(2, "finished", 30))
    rig.until(lambda: rig.listed() == [2, 1])
    assert rig.panel.table.runs.rows[0].record.state == "running"


def test_several_seeds_run_one_after_the_other(rig, kept):
    kept(seed=7)
    rig.choose(1)
    rig.press("seeds")
    for number in range(2, 7):
        asked = rig.sent[-1]
        assert isinstance(asked, Train)
        assert (asked.run, asked.plan.document.training.seed) == (number, 6 + number)
        assert not rig.runner.changed_since()
        rig.tell(
            Started(number, STEPS, 30, 1, "CPU"),
            Status(number, "running"),
            Status(number, "finished", 30),
        )
    assert sum(isinstance(command, Train) for command in rig.sent) == 5


def test_seeds_that_a_network_had_are_not_trained_again(rig, kept):
    for seed in (0, 1, 3):
        kept(seed=seed)
    kept(seed=2, rate=0.5)  # of another setting
    rig.choose(1)
    rig.press("seeds")
    seeds = []
    for number in range(5, 10):
        seeds.append(rig.sent[-1].plan.document.training.seed)
        rig.tell(Started(number, STEPS, 30, 1, "CPU"), Status(number, "finished", 30))
    assert seeds == [2, 4, 5, 6, 7]


@pytest.mark.parametrize("name", ["again", "seeds"])
def test_a_run_that_is_repeated_leaves_the_canvas_alone(rig, kept, name):
    recorded = rig.store.document
    kept()
    drawn = set_params(recorded, "conv1", {"bias": False})
    rig.store.open(drawn)
    rig.choose(1)
    assert "1" in rig.panel.findChild(QToolButton, f"{name}RunButton").text()
    rig.press(name)
    assert rig.store.document is drawn
    assert isinstance(rig.sent[-1], Train)
    assert rig.sent[-1].plan.document.nodes == recorded.nodes
    rig.tell(Started(2, STEPS, 30, 1, "CPU"), Status(2, "running"))
    assert rig.runner.changed_since()
    rig.answer("Open it")  # and the run goes on
    assert rig.store.document.nodes == recorded.nodes
    assert Stop not in map(type, rig.sent)
    assert not rig.runner.changed_since()


def test_a_new_run_is_selected_unless_an_older_one_was_chosen(rig, kept):
    kept()
    rig.until(lambda: [r.id for r in rig.panel.table.chosen()] == [1])
    kept()
    rig.until(lambda: [r.id for r in rig.panel.table.chosen()] == [2])
    rig.choose(1)
    kept()
    rig.until(lambda: rig.listed() == [3, 2, 1])
    assert [r.id for r in rig.panel.table.chosen()] == [1]


def test_a_loaded_run_keeps_its_number(rig, kept):
    kept()
    kept(seed=1)
    rig.choose(2)
    rig.press("load")
    rig.until(lambda: ResumeRun in map(type, rig.sent))
    assert (rig.sent[-2].run, rig.sent[-2].best, rig.runner.run) == (2, False, 2)
    rig.tell(Started(2, STEPS, 30, 1, "CPU", 20), Status(2, "stopped", 20))
    rig.runner.train()
    assert rig.sent[-1].run == 3


def test_the_best_epoch_of_a_run_can_be_loaded(rig, kept):
    kept()
    kept(epochs=0, end="failed")
    rig.choose(1)
    rig.panel.acts.actions["best"].trigger()
    rig.until(lambda: ResumeRun in map(type, rig.sent))
    assert (rig.sent[-2].run, rig.sent[-2].best) == (1, True)
    rig.choose(2)
    assert not rig.panel.acts.actions["best"].isEnabled()


def test_a_stopped_run_ends_the_queue(rig, kept):
    kept()
    rig.choose(1)
    rig.press("seeds")
    rig.tell(Started(2, STEPS, 30, 1, "CPU"), Status(2, "running"), Status(2, "stopped", 3))
    assert sum(isinstance(command, Train) for command in rig.sent) == 1
    assert "4 that would have followed" in rig.bar.text


def test_delete_and_undo_by_keys(rig, kept):
    kept()
    kept()
    rig.choose(1)
    rig.keys(Qt.Key.Key_Delete)
    rig.until(lambda: rig.listed() == [2])
    assert rig.bar.text == "Run 1 is in the trash."
    rig.answer("Undo")
    rig.until(lambda: rig.listed() == [2, 1])


def test_what_cannot_be_done_says_why(rig, kept):
    kept(end="failed", epochs=0)
    rig.choose(1)
    actions = rig.panel.acts.actions
    assert not actions["load"].isEnabled()
    assert "it has no checkpoint" in actions["load"].toolTip()
    assert "trash is empty" in actions["trash"].toolTip()
    kept()
    rig.choose(1, 2)
    assert "choose one" in actions["again"].toolTip()
    assert actions["delete"].isEnabled()
    rig.runner.train()
    rig.tell(Started(3, STEPS, 30, 1, "CPU"), Status(3, "running"))
    rig.choose(2)
    assert "stop it first" in actions["resume"].toolTip()
    rig.choose(3)
    assert "can't be deleted" in actions["delete"].toolTip()
    assert actions["more"].isEnabled()


# --- exports


@pytest.fixture
def exports(rig):
    return RunExports(rig.panel, rig.runs)


def test_curves_as_csv(rig, kept, exports, tmp_path):
    kept()
    kept()
    rig.choose(1, 2)
    exports.csv(tmp_path / "out.csv", rig.panel.table.chosen())
    rig.until(lambda: "Wrote out-2.csv and out-1.csv" in rig.bar.text)
    with (tmp_path / "out-1.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 21))
    assert rows[9]["test_accuracy"] == "0.9"


def test_a_report_is_asked_for_by_keys_written_and_opened(rig, kept, tmp_path, monkeypatch):
    kept()
    kept(seed=1)
    rig.choose(1, 2)
    path, opened = tmp_path / "report.html", []
    asked = []

    def choose(parent, title, name, kinds):
        asked.append((name, kinds))
        return str(path.with_suffix("")), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    rig.panel.activateWindow()
    rig.panel.table.setFocus()
    rig.until(rig.panel.table.hasFocus)
    QTest.keyClick(
        rig.panel.table,
        Qt.Key.Key_E,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert asked == [("runs-report.html", "HTML (*.html)")]
    rig.until(lambda: rig.bar.text == f"The report was written to {path}.")
    assert "2 runs of Tutorial CNN" in path.read_text(encoding="utf-8")
    rig.answer("Open")
    assert [url.toLocalFile() for url in opened] == [str(path)]


def test_a_report_that_nothing_opens_is_told(rig, kept, exports, tmp_path, monkeypatch):
    kept()
    rig.choose(1)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    exports.report(tmp_path / "r.html", rig.panel.table.chosen())
    rig.until(lambda: "was written" in rig.bar.text)
    rig.answer("Open")
    assert "No program was found" in rig.bar.text


def test_logs_for_tensorboard(rig, kept, exports, tmp_path, monkeypatch):
    pytest.importorskip("tensorboardX")
    kept()
    rig.choose(1)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *rest: str(tmp_path))
    rig.panel.acts.actions["tensorboard"].trigger()
    rig.until(lambda: "tensorboard --logdir" in rig.bar.text)
    (file,) = (tmp_path / "run1-tutorial-cnn").iterdir()
    assert file.name.startswith("events.out.tfevents.")


def test_an_export_that_cannot_be_written_says_why(rig, kept, exports, tmp_path):
    kept()
    rig.choose(1)
    chosen = rig.panel.table.chosen()
    for place, export in enumerate((exports.csv, exports.report, exports.tensorboard)):
        (tmp_path / f"file{place}").touch()
        export(tmp_path / f"file{place}" / "below", chosen)
        rig.until(lambda place=place: f"file{place}" in rig.bar.text)
        assert "can't be written: " in rig.bar.text
        assert "Give another place." in rig.bar.text


def test_a_run_without_curves_has_a_report_but_no_tables(rig, kept):
    kept(epochs=0, end="failed")
    kept()
    rig.choose(1, 2)
    actions = rig.panel.acts.actions
    for name in ("csv", "tensorboard"):
        assert not actions[name].isEnabled()
        assert "run 1 has no curves yet" in actions[name].toolTip()
    assert actions["report"].isEnabled()


# --- a store that fails


def test_a_store_that_cannot_be_used_is_told_once_and_training_goes_on(qtbot, table, tmp_path):
    (tmp_path / "file").write_text("no folder")
    recording = Recording(tmp_path / "file")
    told = []
    recording.problem.connect(told.append)
    recording.start()
    runner = Runner(table.store, table.sent.append, recording)
    for run in (1, 2):
        runner.train()
        assert (table.sent[-1].run, table.sent[-1].folder) == (run, None)
        recording.take(Started(run, STEPS, 30, 1, "CPU"))
        recording.take(Status(run, "finished", 30))
        runner.take(Status(run, "finished", 30))
    qtbot.wait(200)
    recording.close([])
    assert len(told) == 1
    assert "can't be recorded" in told[0]


def test_a_locked_store_does_not_hold_the_window_up(rig, kept):
    kept()
    rig.until(lambda: rig.listed() == [1])
    other = RunStore.open(rig.folder)
    other._connection.execute("BEGIN IMMEDIATE")
    began = time.perf_counter()
    rig.runner.train()
    assert isinstance(rig.sent[-1], Train)
    rig.tell(Started(rig.sent[-1].run, STEPS, 30, 1, "CPU"), Status(rig.sent[-1].run, "running"))
    assert time.perf_counter() - began < 0.5
    other._connection.execute("ROLLBACK")
    other.close()
    rig.until(lambda: rig.listed() == [2, 1])


def test_every_question_to_the_store_is_answered(rig):
    def nonsense(store):
        raise KeyError("a reader with a fault")

    answers, reasons = [], []
    rig.recording.ask(nonsense, answers.append, reasons.append)
    rig.recording.ask(lambda store: 7, answers.append, reasons.append)
    rig.until(lambda: answers == [7])
    assert len(reasons) == 1
    assert "KeyError" in reasons[0]


def test_a_damaged_record_is_told_and_the_others_are_listed(rig, kept):
    for _ in range(3):
        kept()
    rig.until(lambda: rig.listed() == [3, 2, 1])
    with closing(sqlite3.connect(rig.folder / FILE, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER runs_ended")
        raw.execute("UPDATE runs SET versions = 'no JSON' WHERE id = 2")
    rig.recording.changed.emit()
    rig.until(lambda: rig.listed() == [3, 1])
    rig.until(lambda: "run 2 is damaged" in rig.bar.text)
