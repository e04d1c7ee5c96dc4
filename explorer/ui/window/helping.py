"""Help for the one who has not seen the program before: examples, explanations, the guided tour."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.datasets.catalogue import datasets
from explorer.ui.dialogs.about import About
from explorer.ui.dialogs.first_steps import FirstSteps, Step
from explorer.ui.dialogs.gallery import Gallery
from explorer.ui.window.window import MainWindow

DIGITS = ("mnist", "digits-8x8")  # datasets


def explain(window: MainWindow) -> bool:
    """Bring the explanation of the selected block into sight; False where none is selected."""
    page = window.inspector.node_page
    if window.selection.one is None or not page.isVisibleTo(window.inspector):
        return False
    window.docks.show("inspector")
    window.inspector.show_explanation()
    return True


def show_about(window: MainWindow) -> None:
    """Names and versions."""
    About(window).open()


def show_gallery(window: MainWindow) -> None:
    """All examples, with pictures; the chosen one is opened."""
    gallery = Gallery(window, window.theme)
    gallery.chosen.connect(window.files.open_example)
    gallery.open()


def first_steps(window: MainWindow) -> FirstSteps:
    """The tour of this window."""
    made = FirstSteps(window, _steps(window), window.theme, window.settings)
    made.ended.connect(lambda: window.canvas.setFocus(Qt.FocusReason.OtherFocusReason))
    return made


def _purpose(w: MainWindow) -> str:
    document = w.store.document
    dataset = datasets().get(document.dataset)
    known = dataset.title if dataset is not None else "its dataset"
    goal = (
        "read handwritten digits"
        if document.dataset in DIGITS
        else f"tell the classes of {known} apart"
    )
    return f"These {len(document.nodes)} blocks will learn to {goal}."


def _steps(w: MainWindow) -> list[Step]:
    def button() -> QWidget:
        return w.toolbar.main_button

    return [
        Step(
            "A network, from left to right",
            lambda: (
                "Each block is a layer; data flows along the wires, and whoever points at one "
                f"sees the shape of what flows there. {_purpose(w)}"
            ),
            lambda: w.canvas,
        ),
        Step(
            "Train it",
            "Press Train, or Space. Loss and accuracy move within a second, and each block shows "
            "what it gives out. Pause takes the button's place.",
            button,
        ),
        Step(
            "Try it",
            "Draw a digit. The bars follow your pen, also while the network learns; beside the "
            "paper stands the exact input that it gets.",
            lambda: w.panels["tryPanel"],
            lambda: w.docks.show("tryPanel"),
        ),
        Step(
            "Look inside",
            "Click a block and choose Inside: its output, its kernels, its gates or its attention. "
            "A double click on a tab lets a panel fill the window.",
            lambda: w.docks.tabs.strip,
        ),
        Step(
            "Change it",
            "Drag a block onto a wire: it is spliced in. Where sizes don't fit, the wire turns red "
            "and the Inspector does the sum; Fix repairs it, Ctrl+Z takes everything back.",
            lambda: w.palette_list,
            lambda: w.docks.show("palette"),
        ),
        Step(
            "Keep it",
            "File > Export writes PyTorch source, weights or ONNX. File > Examples has more "
            "networks. F1 explains the selected block; this tour is under Help.",
            lambda: w.menuBar(),
        ),
    ]
