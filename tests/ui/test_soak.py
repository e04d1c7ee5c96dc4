"""PySide6 6.12.0 on Python 3.11 lost a reference to None with each call and died after some
thousand: the pinned version must not."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel


class Bell(QObject):
    rung = Signal(int)


def test_many_calls_that_return_nothing(qtbot):
    label, bell, heard = QLabel(), Bell(), []
    qtbot.addWidget(label)
    bell.rung.connect(heard.append)
    for number in range(200_000):
        label.setText("a" if number % 2 else "b")
        bell.rung.emit(number)
    assert len(heard) == 200_000
