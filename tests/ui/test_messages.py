"""The message bar: looks leave a message, actions and a withdrawal take it away."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from explorer.ui.kit.theme import Theme
from explorer.ui.session.messages import MessageBar


@pytest.fixture
def bar(qtbot):
    made = MessageBar(Theme())
    qtbot.addWidget(made)
    return made


def press(bar, label):
    next(b for b in bar.findChildren(QPushButton) if b.text() == label and not b.isHidden()).click()


def test_looking_leaves_the_message_and_acting_closes_it(bar):
    done = []
    looks = (("Show block", lambda: done.append("shown")),)
    bar.tell(
        "error", "It began in fc1.", actions=(("Rewind", lambda: done.append("b")),), looks=looks
    )
    press(bar, "Show block")
    press(bar, "Show block")
    assert not bar.isHidden()
    press(bar, "Rewind")
    assert bar.isHidden()
    assert done == ["shown", "shown", "b"]


def test_what_holds_no_more_is_withdrawn_shown_or_waiting(bar):
    offer = (("Go on", lambda: None),)
    bar.tell("error", "held", actions=offer)
    bar.tell("good", "saved")
    bar.withdraw("held")
    assert bar.text == "saved"
    bar.close_message()
    assert bar.isHidden()
    bar.tell("error", "held", actions=offer)
    bar.withdraw("another")
    assert not bar.isHidden()
    bar.withdraw("held")
    assert bar.isHidden()


@pytest.mark.parametrize("width", [420, 600, 900, 1400])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_words_and_buttons_are_never_cut(qtbot, width, count):
    """Whatever the width: each message is laid out anew when it comes, and after others."""
    window, bar = QWidget(), MessageBar(Theme())
    qtbot.addWidget(window)
    area = QWidget(window)
    bar.float_over(window, area)
    window.resize(width, 600)
    area.resize(width, 500)
    window.show()
    qtbot.waitExposed(window)
    words = "net.json was changed on disk by another program since it was opened here. " * 2
    labels = ("Replace", "Save elsewhere", "Open that file")
    actions = tuple((label, lambda: None) for label in labels)
    bar.tell("good", "Short.")
    for _ in range(2):
        bar.tell("warning", words + str(count), actions=actions[:count])
        QApplication.processEvents()
        text = bar.findChild(QLabel, "messageText")
        assert text.height() >= text.heightForWidth(text.width())
        assert text.width() > 150
        shown = [b for b in bar.findChildren(QPushButton) if b.isVisible()]
        assert len(shown) == count
        for button in shown:
            assert button.width() >= button.sizeHint().width()
            assert bar.rect().contains(button.geometry())
            assert not button.geometry().intersects(text.geometry())
        bar.tell("error", "Short.")
