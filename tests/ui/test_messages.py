"""The message bar: looks leave a message, actions and a withdrawal take it away."""

import pytest
from PySide6.QtWidgets import QPushButton

from explorer.ui.messages import MessageBar
from explorer.ui.theme import Theme


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
