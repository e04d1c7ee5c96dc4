"""Composition root: mailboxes, engine thread, window. The only file that knows everything."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.engine.commands.thread import EngineThread
from explorer.plan.documents import examples
from explorer.protocol.mailbox import CommandBox, EventBox
from explorer.ui.kit.application import ensure_application
from explorer.ui.session.last_document import last_document
from explorer.ui.window.assembly import main_window
from explorer.ui.window.window import MainWindow

FIRST_EXAMPLE = "tutorial-cnn"
# Between two operations the engine wants Python's lock; with the usual 5 ms it would stand still
# that long whenever the window paints.
SWITCH_S = 0.0005


def launch(arguments: list[str]) -> MainWindow:
    """Build and show the window and start the engine, without entering the event loop.

    `arguments` are those of the command line: a document or example, `--weights FILE`,
    `--theme light|dark|system`, `--device cpu|cuda|...`.
    """
    wanted = _parser().parse_args(arguments)
    app = ensure_application()
    sys.setswitchinterval(SWITCH_S)
    commands, events = CommandBox(), EventBox()
    window = main_window(commands.put, events.take, lambda: engine.stop())
    window.unexpected.install()
    device = wanted.device or str(window.settings.value("device", "")) or None
    engine = EngineThread(commands, events, device)
    if wanted.theme:
        window.use_theme(wanted.theme)
    _open(window, wanted.document)
    window.show()
    window.files.offer_recovery()
    window.runs.offer_interrupted()
    app.processEvents()  # the first paint: importing torch would hold it up
    engine.start()
    if wanted.weights is not None:
        window.load_weights(wanted.weights)
    return window


def main(arguments: list[str]) -> int:
    """Run the window, or the tour through it; returns the exit status."""
    wanted = _parser().parse_args(arguments)
    app = ensure_application()
    if wanted.tour is not None:
        from explorer.ui.tour.tour import tour

        rest = ["--theme", wanted.theme] if wanted.theme else []
        return tour(lambda: launch(rest), wanted.tour)
    window = launch(arguments)
    if wanted.document is None:
        window.first_steps.begin_if_new()
    status = app.exec()
    window.close()
    window.settings.sync()  # the process may be left before Qt does it
    return status


def _open(window: MainWindow, name: str | None) -> None:
    if name is None:
        _open_last(window, last_document(window.settings) or FIRST_EXAMPLE)
    elif name in examples():
        window.files.open_example(name)
    elif not window.open_document(Path(name)):
        print(window.messages.text, file=sys.stderr)  # noqa: T201  seen where it was started
        window.files.new()


def _open_last(window: MainWindow, place: str) -> None:
    """What was open last; where that can't be read any more, the first example."""
    if place in examples() or not window.open_document(Path(place)):
        window.files.open_example(place if place in examples() else FIRST_EXAMPLE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer")
    parser.add_argument("document", nargs="?", help="a document's file, or an example's id")
    parser.add_argument("--weights", type=Path, help="trained weights: .safetensors, .pt")
    parser.add_argument("--tour", type=Path, help="drive the window and leave pictures here")
    parser.add_argument("--theme", choices=("light", "dark", "system"))
    parser.add_argument("--device", help="cpu, cuda, mps, xpu; the best there is by default")
    return parser
