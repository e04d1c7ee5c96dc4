"""The rate slider shows the rate that holds: the run's while there is one, else the document's."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QToolButton

from explorer.graph.edits import set_training
from explorer.plan.documents import examples, read
from explorer.protocol.commands import SetRate
from explorer.protocol.events import Ready, SettingChanged, Started, Status
from explorer.ui.kit.theme import Theme
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store
from explorer.ui.window.toolbar import Toolbar, _tick

MIDDLE = _tick(0.001)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def runner(qtbot, sent):
    runner = Runner(Store(read(examples()["tutorial-cnn"]).document), sent.append)
    runner.take(Ready(0, "cpu", "CPU", "2"))
    return runner


@pytest.fixture
def store(runner):
    store = runner._store
    store.changed.connect(lambda before, after, plan: runner.follow(before, after))
    return store


@pytest.fixture
def toolbar(qtbot, runner, store, tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    theme = Theme()
    messages = MessageBar(theme)
    toolbar = Toolbar(store, Files(store, messages, settings), runner, theme)
    qtbot.addWidget(messages)
    qtbot.addWidget(toolbar)
    return toolbar


def resumed(runner, rate):
    runner.take(Started(2, 10, 100, 1, "CPU", step=50, rate=rate))
    runner.take(Status(2, "running"))


def rates(sent):
    return [command.rate for command in sent if isinstance(command, SetRate)]


def test_a_resumed_runs_own_rate_is_shown(toolbar, runner, store):
    assert toolbar.rate.value() == MIDDLE
    resumed(runner, 0.01)
    assert toolbar.rate.value() == _tick(0.01)
    assert toolbar._rate_label.text() == "0.01"
    assert store.document.training.rate == 0.001
    runner.take(SettingChanged(2, 60, "rate", 0.1))
    assert toolbar.rate.value() == _tick(0.1)
    runner.take(Status(2, "finished"))
    assert toolbar.rate.value() == MIDDLE


def test_moving_it_acts_on_run_and_document(toolbar, runner, store, sent):
    resumed(runner, 0.01)
    toolbar.rate.setValue(_tick(0.1))
    assert rates(sent) == [0.1]
    assert store.document.training.rate == 0.1
    assert toolbar.rate.value() == _tick(0.1)


def test_back_to_the_documents_rate_acts_on_the_run_alone(toolbar, runner, store, sent):
    resumed(runner, 0.01)
    toolbar.rate.setValue(MIDDLE)
    assert rates(sent) == [0.001]
    assert store.history.place == 0
    assert toolbar.rate.value() == MIDDLE


def test_an_edit_and_its_undo_are_followed(toolbar, runner, store, sent):
    resumed(runner, 0.01)
    store.edit("rate", lambda d: set_training(d, {"rate": 0.1}))
    assert toolbar.rate.value() == _tick(0.1)
    store.undo()
    assert toolbar.rate.value() == MIDDLE
    assert rates(sent) == [0.1, 0.001]


def test_without_a_run_it_is_an_edit(toolbar, store, sent):
    toolbar.rate.setValue(_tick(0.01))
    assert store.document.training.rate == 0.01
    assert rates(sent) == []


def main_buttons(toolbar):
    found = toolbar.findChildren(QToolButton)
    return [b for b in found if b.property("role") == "main" and b.isVisibleTo(toolbar)]


@pytest.mark.parametrize("state", ["untrained", "running", "paused", "finished", "stopped"])
def test_one_button_stands_out_and_does_what_one_wants_next(toolbar, runner, state):
    toolbar.resize(900, 40)
    toolbar.show()
    places = []
    for each in ("untrained", state):
        runner.take(Status(1, each))
        toolbar.grab()
        (button,) = main_buttons(toolbar)
        assert button.isEnabled()
        assert button.objectName() == ("pauseButton" if each == "running" else "trainButton")
        places.append((button.geometry(), toolbar.rate.mapTo(toolbar, toolbar.rate.pos())))
    assert places[0] == places[1]  # nothing moves


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_filled_with_the_accent_in_either_scheme(toolbar, dark):
    theme = toolbar._theme
    theme.use(dark)
    toolbar.resize(900, 40)
    toolbar.show()
    (button,) = main_buttons(toolbar)
    picture = button.grab().toImage()
    assert picture.pixelColor(6, picture.height() // 2).name() == theme.colours.accent
    theme.use(False)


def test_the_keys_stay_on_it_when_it_becomes_another(qtbot, toolbar, runner):
    with qtbot.waitActive(toolbar):
        toolbar.show()
        toolbar.activateWindow()
    main_buttons(toolbar)[0].setFocus()
    assert main_buttons(toolbar)[0].hasFocus()
    for state in ("running", "paused", "running"):
        runner.take(Status(1, state))
        assert main_buttons(toolbar)[0].hasFocus()
