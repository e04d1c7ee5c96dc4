"""The device in the status bar: what there is, what it offers, and what a choice does."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QRadioButton

from explorer.protocol.commands import SetDevice
from explorer.protocol.events import Compiling, Device, Devices, Ready, Started, Status
from explorer.protocol.run_log import RunLog
from explorer.ui.dialogs.device_button import DeviceButton, DeviceChooser
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store
from explorer.ui.window.status import StatusBar

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # offscreen
THERE = (
    Device("cpu", "CPU, 2 threads", (("memory", "16 GB"), ("precision", "float32"))),
    Device("cuda:0", "A GPU", (("memory", "24 GB"), ("torch.compile", "yes, by Triton"))),
    Device("mps", "Apple GPU", missing="no Apple GPU was found"),
)


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def button(qtbot, sent, settings):
    button = DeviceButton(sent.append, settings)
    qtbot.addWidget(button)
    button.show()
    button.take(Ready(0, "cpu", "CPU, 2 threads", "2.13"))
    return button


def opened(button):
    button.click()
    return button.findChild(DeviceChooser)


def test_it_says_what_is_computed_on(button):
    assert button.text() == "CPU, 2 threads"
    assert not button.isEnabled()
    button.take(Devices(0, THERE, "cuda:0"))
    assert (button.text(), button.isEnabled()) == ("A GPU ▾", True)
    assert "PyTorch 2.13" in button.toolTip()
    button.take(Started(1, 10, 10, 4, "CPU, 4 threads"))
    button.take(Devices(0, THERE, "cuda:0", "cuda:0", "cpu"))
    assert button.text() == "CPU, 4 threads ▾"
    assert "The next run: A GPU." in button.toolTip()
    assert button.accessibleName() == "Device: CPU, 4 threads"


def test_each_device_says_what_it_offers_or_why_not(button):
    button.take(Devices(0, THERE, "cuda:0"))
    chooser = opened(button)
    choices = {each.objectName(): each for each in chooser.findChildren(QRadioButton)}
    assert list(choices) == ["device_best", "device_cpu", "device_cuda:0", "device_mps"]
    assert choices["device_best"].isChecked()
    assert choices["device_best"].text() == "The best there is (A GPU)"
    assert not choices["device_mps"].isEnabled()
    told = [label.text() for label in chooser.findChildren(QLabel)]
    assert "Not available: no Apple GPU was found." in told
    assert choices["device_cuda:0"].accessibleDescription() == (
        "memory 24 GB; torch.compile yes, by Triton"
    )
    chooser.close()


def test_a_choice_is_sent_and_remembered(button, sent, settings):
    button.take(Devices(0, THERE, "cuda:0"))
    opened(button).findChild(QRadioButton, "device_cpu").click()
    assert sent == [SetDevice("cpu")]
    assert settings.value("device") == "cpu"


def test_back_to_the_best_by_keyboard(button, sent, settings, qtbot):
    button.take(Devices(0, THERE, "cpu", "cpu"))
    chooser = opened(button)
    assert chooser.findChild(QRadioButton, "device_cpu").isChecked()
    QTest.keyClick(chooser.findChild(QRadioButton, "device_best"), Qt.Key.Key_Space)
    assert sent == [SetDevice(None)]
    assert settings.value("device") == ""


def test_every_fact_can_be_read_in_full(button):
    long = Device("cpu", "CPU", (("precision", "many words " * 12),) * 3)
    button.take(Devices(0, (long,), "cpu"))
    chooser = opened(button)
    for label in chooser.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    chooser.close()


def test_the_status_says_while_it_compiles(qtbot, sent, settings):
    store = Store()
    runner = Runner(store, sent.append)
    status = StatusBar(store, runner, RunLog(), sent.append, settings)
    qtbot.addWidget(status)
    runner.take(Ready(0, "cpu", "CPU", "2"))
    runner.take(Status(1, "running"))
    status.take(Compiling(1, "begun"))
    assert status.state.text() == "Training · compiling the training step…"
    status.take(Compiling(1, "done"))
    assert status.state.text() == "Training"
