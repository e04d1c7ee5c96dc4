"""The result stands in the status line, large; before the first step a network is untrained."""

import numpy as np
import pytest
from PySide6.QtCore import QSettings

from explorer.protocol.events import EpochDone, HeldOut, Losses, Ready, Started, Status
from explorer.protocol.run_log import RunLog
from explorer.ui.kit.theme import Theme
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store
from explorer.ui.window.status import StatusBar


@pytest.fixture
def status(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store = Store()
    runner = Runner(store, lambda command: None)
    status = StatusBar(store, runner, RunLog(), lambda command: None, settings)
    qtbot.addWidget(status)
    status.show()
    runner.take(Ready(0, "cpu", "CPU", "2"))
    return status


def tell(status, *events):
    for event in events:
        status._log.add(event)
        status._runner.take(event)
        status.take(event)


def begun(status, run=1):
    tell(status, Started(run, 10, 100, 1, "CPU"), Status(run, "running"))


def losses(*values, run=1):
    array = np.array(values, np.float32)
    return Losses(run, np.arange(1, len(array) + 1), array, np.zeros_like(array))


def epoch(step, accuracy, number=1):
    return EpochDone(1, number, step, 0.1, 0.9, 0.1, accuracy, 1.0, np.zeros((2, 2), np.int64))


def shown(status):
    return status.result.isVisible() and status.result.text()


def test_an_untrained_network_has_no_result(status):
    assert status.state.text() == "Untrained"
    assert not shown(status)


def test_the_result_is_the_latest_that_was_measured(status):
    begun(status)
    assert not shown(status)
    tell(status, losses(2.0, 1.0))
    assert shown(status) == "1.5"
    tell(status, HeldOut(1, 2, 1000, 0.5, 0.8))
    assert shown(status) == "80.0 %"
    assert "1,000" in status.result.toolTip()
    assert "step 2" in status.measure.text()  # when, for the run has gone on since
    assert "1,000 test samples" in status.measure.text()  # and on how many: not the whole test
    tell(status, epoch(10, 0.9123))
    assert shown(status) == "91.23 %"
    assert "epoch 1" in status.measure.text()
    assert "all test samples" in status.measure.text()
    tell(status, HeldOut(1, 12, 1000, 0.5, 0.93))
    assert shown(status) == "93.0 %"
    tell(status, Status(1, "stopped"))
    assert shown(status) == "93.0 %"


def test_another_document_has_no_result_of_the_one_before(status):
    begun(status)
    tell(status, HeldOut(1, 2, 1000, 0.5, 0.8), Status(0, "untrained"))
    assert not shown(status)


@pytest.mark.parametrize("dark", [False, True])
def test_the_result_is_the_largest_text(status, dark):
    Theme().use(dark)
    begun(status)
    tell(status, losses(1.0))
    status.grab()
    assert status.result.fontInfo().pointSizeF() > 1.3 * status.measure.fontInfo().pointSizeF()
    assert status.result.font().bold()
    Theme().use(False)


def test_in_a_small_window_words_give_way_and_the_tip_has_them_whole(status):
    begun(status)
    tell(status, HeldOut(1, 2, 1000, 0.5, 0.8))
    status.measure.setToolTip("How it was measured")
    for width, shortened in ((2000, False), (60, True)):
        status.measure.resize(width, 20)
        status.measure.grab()
        assert "How it was measured" in status.measure.toolTip()
        assert (status.measure.text() in status.measure.toolTip()) == shortened
    assert status.minimumSizeHint().width() < 1024
