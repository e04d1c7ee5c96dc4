"""The program as a process that is killed: `python -m tests.journeys.killed_program [DOCUMENT]`.

With a document it trains that; without one it answers what the start offers, and goes on. It moves
a block ten times a second, and tells in JSON lines what happens.
"""

import json
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton

from explorer.app import launch
from explorer.graph.edits import move

WAIT_S = 60.0


def say(**words):
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def live(until, seconds=WAIT_S):
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.005)


def answer(window, label):
    """Click the offer of this label, once it is on top."""

    def buttons():
        found = window.messages.findChildren(QPushButton)
        return [b for b in found if b.text() == label and b.isVisible()]

    live(buttons)
    text = window.messages.text
    buttons()[0].click()
    return text


def main(arguments):
    window = launch([])
    if arguments:
        window.open_document(Path(arguments[0]))
        window.runner.train()
    else:
        live(lambda: window.messages.text.startswith("Run "))  # the later of the two, on top
        resume = window.messages.text
        waiting = [each.text for each in window.messages._waiting]
        say(offers=[resume, *waiting])
        answer(window, "Resume")
        if waiting:
            answer(window, "Restore")
            say(restored=window.store.document.nodes["fc1"].y)
    count = window.store.document.nodes["fc1"].y
    moved_s = 0.0
    told = 0
    while True:
        QApplication.processEvents()
        time.sleep(0.005)
        if time.monotonic() - moved_s > 0.1:
            moved_s, count = time.monotonic(), count + 1.0
            window.store.edit("Move", lambda d, y=count: move(d, {"fc1": (200.0, y)}))
            say(moved=count, at=time.time())
        if len(window.log.epochs) > told:
            told = len(window.log.epochs)
            say(epoch=told, run=window.runner.run, step=window.log.epochs[-1].step)


if __name__ == "__main__":
    main(sys.argv[1:])
