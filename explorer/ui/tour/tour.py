"""Drives the real window through the first five minutes and keeps a picture of each step.

It is the demo, the smoke test of a packaged program, and the way to look at it from a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from explorer.graph.document import Wire
from explorer.records.folder import VARIABLE
from explorer.ui.dialogs.gallery import Gallery
from explorer.ui.tour.guide import Guide, TourFault, rest
from explorer.ui.window.window import MainWindow

SEVEN = ((0.22, 0.24), (0.5, 0.22), (0.76, 0.24), (0.62, 0.5), (0.46, 0.84))  # shares of the side
ENOUGH_STEPS = 150  # after which the tutorial CNN reads a plain 7


def tour(launch: Callable[[], MainWindow], folder: Path) -> int:
    """Run all steps, write pictures into `folder`; exit status 0 only if all went well."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as settings:  # the user's own layout, runs and copies are not touched
        os.environ[VARIABLE] = str(Path(settings) / "runs")
        os.environ["XDG_DATA_HOME"] = str(Path(settings) / "share")  # where Qt looks on Linux
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        return _tour(launch, folder)


def _tour(launch: Callable[[], MainWindow], folder: Path) -> int:
    guide = Guide(launch(), folder)
    faults: list[BaseException] = []
    sys.excepthook = lambda kind, error, trace: faults.append(error)
    try:
        for step in STEPS:
            step(guide)
            if faults:
                raise TourFault(f"an exception in an event: {faults[0]!r}")
    except TourFault as fault:
        guide.picture("fault")
        print(f"tour: {fault}")  # noqa: T201  a program for terminals
        return 1
    finally:
        guide.store.mark_saved(guide.store.document)  # nothing to be recovered
        guide.window.close()
        sys.excepthook = sys.__excepthook__
    print(f"tour: {guide.count} pictures in {folder}")  # noqa: T201  a program for terminals
    return 0


def launch_step(guide: Guide) -> None:
    """The tutorial CNN, MNIST and a pad, before PyTorch is there."""
    guide.window.resize(1440, 900)
    guide.expect("the tutorial CNN is open", "conv1" in guide.store.document.nodes)
    guide.expect("it has no problems", guide.store.plan.ready)
    guide.picture("launch")
    guide.wait("PyTorch is loaded", lambda: guide.window.runner.ready)
    guide.wait("blocks have thumbnails", lambda: _has_thumbnail(guide, "conv1"))


def train_step(guide: Guide) -> None:
    """Train: loss falls, accuracy rises."""
    guide.press("trainButton")
    guide.wait("the run goes on", lambda: guide.window.runner.state == "running")
    guide.wait("the network has seen enough", lambda: guide.steps() >= ENOUGH_STEPS, 240)
    _, losses, accuracies = guide.window.log.training()
    guide.expect("the loss falls", losses[-20:].mean() < 0.5 * losses[:20].mean())
    guide.expect("the accuracy rises", accuracies[-20:].mean() > accuracies[:20].mean() + 0.2)
    guide.picture("training")


def draw_step(guide: Guide) -> None:
    """A 7 is read while the network trains."""
    guide.draw(SEVEN)
    label = guide.find(QLabel, "digitPadPrediction")
    guide.wait("the 7 is read", lambda: label.text().startswith("7"), 30)
    guide.picture("draw-a-seven")


def look_step(guide: Guide) -> None:
    """Feature maps and kernels of the clicked block."""
    guide.window.arrange("look")
    rest(200)
    guide.click_block("conv1")
    guide.window.docks.show("featureMapsPanel")
    rest(600)
    guide.picture("feature-maps")
    guide.window.docks.show("filtersPanel")
    rest(600)
    guide.picture("filters")
    guide.window.docks.show("confusionPanel")
    guide.press("stopButton")
    guide.wait("the run has stopped", lambda: guide.window.runner.state == "stopped")


def export_step(guide: Guide) -> None:
    """Three formats, each run against the live network."""
    folder = guide.folder / "exports"
    folder.mkdir(exist_ok=True)
    for name, suffix in (("python", ".py"), ("pt", ".pt"), ("onnx", ".onnx")):
        before = len(guide.exports)
        guide.window.exporter.export(name, folder / f"tutorial_cnn{suffix}")  # type: ignore[arg-type]  # the three formats
        guide.wait(f"{name} is exported", lambda n=before: len(guide.exports) > n, 120)  # type: ignore[misc]  # bound now
        done = guide.exports[-1]
        guide.expect(f"{name} agrees: {done.difference:.1e}", done.passed)
        guide.expect("its files are there", all(file.exists() for file in done.files))
    guide.picture("export")


def edit_step(guide: Guide) -> None:
    """Splice a Dropout in, make a mistake, repair it with one click, take it back."""
    guide.window.arrange("build")
    rest(200)
    guide.window.canvas.fit()
    wire = Wire("relu3", "fc2")
    guide.drop("dropout", guide.window.canvas.wire_position(wire))
    guide.wait("Dropout is in the wire", lambda: "dropout" in guide.store.document.nodes, 5)
    guide.expect("the network is whole", guide.store.plan.ready)
    guide.picture("dropout-spliced-in")
    before = guide.store.document
    guide.click_block("fc1")
    field = guide.find(QWidget, "param_in_features").findChild(QLineEdit)
    guide.expect("in_features can be typed", field is not None)
    if field is not None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "1600")
        QTest.keyClick(field, Qt.Key.Key_Return)
    guide.wait("the mistake is shown", lambda: not guide.store.plan.ready, 5)
    guide.window.docks.show("problemsPanel")
    problem = guide.store.plan.problems[0]
    guide.expect(
        "the message has the numbers", "1600" in problem.message and "3136" in problem.message
    )
    guide.picture("a-mistake")
    fix = next(
        button
        for button in guide.find(QWidget, "inspector").findChildren(QAbstractButton)
        if button.isVisible() and "fix" in button.objectName().lower()
    )
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    guide.wait("it is repaired", lambda: guide.store.plan.ready, 5)
    guide.expect("the design is as before", guide.store.document.nodes == before.nodes)
    guide.picture("repaired")
    QTest.keyClick(guide.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    guide.wait("Ctrl+Z takes the repair back", lambda: not guide.store.plan.ready, 5)
    QTest.keyClick(guide.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    guide.wait("and the mistake", lambda: guide.store.plan.ready, 5)


def lstm_step(guide: Guide) -> None:
    """Hidden state and gates over the rows of a digit."""
    _other_example(guide, "tutorial-lstm", "lstm", "gatesPanel", "lstm-gates")


def attention_step(guide: Guide) -> None:
    """Attention weights of every head."""
    _other_example(guide, "tutorial-attention", "attention", "attentionPanel", "attention")


def dark_step(guide: Guide) -> None:
    """The same in the other scheme, and in a small window."""
    window = guide.window
    before = "dark" if window.theme.dark else "light"
    other = "light" if window.theme.dark else "dark"
    window.theme.use(other == "dark")
    guide.picture(other)
    window.docks.show("curvesPanel")
    guide.picture(f"{other}-curves")
    window.resize(1024, 700)
    rest(200)
    window.arrange("train")
    rest(200)
    window.canvas.fit()
    guide.picture(f"{other}-small")
    window.theme.use(before == "dark")
    guide.picture(f"{before}-small")


def first_steps_step(guide: Guide) -> None:
    """The cards of the guided tour inside the window."""
    steps = guide.window.first_steps
    steps.begin()
    while steps.shown:
        rest(60)
        if steps.place in (1, 3):
            guide.picture(f"first-steps-{steps.place + 1}")
        guide.press("firstStepsNext")


def presentation_step(guide: Guide) -> None:
    """One panel alone, larger text, and all as before."""
    window = guide.window
    before = window.docks.tabs.front
    window.docks.toggle_maximised("curvesPanel")
    guide.expect("the canvas has made room", not window.canvas.isVisible())
    guide.picture("one-panel-alone")
    window.docks.toggle_maximised("curvesPanel")
    guide.expect("the canvas is back", window.canvas.isVisible())
    window.presentation.use_larger_text(True)
    guide.picture("larger-text")
    window.presentation.use_larger_text(False)
    window.docks.show(before)


def gallery_step(guide: Guide) -> None:
    """All examples with their pictures."""
    guide.window.actions_by_name["galleryAction"].trigger()
    gallery = guide.find(Gallery, "exampleGallery")
    guide.wait("every example has its picture", lambda: gallery.filled)
    guide.picture_of(gallery, "examples")
    gallery.close()


def _other_example(guide: Guide, example: str, node: str, panel: str, name: str) -> None:
    guide.choose("exampleChooser", example)
    guide.wait(f"{example} is open", lambda: node in guide.store.document.nodes, 5)
    guide.window.messages.hide()
    guide.window.arrange("look")
    guide.wait("the old run is over", lambda: guide.window.runner.state == "untrained", 20)
    guide.press("trainButton")
    guide.wait(
        "it trains", lambda: guide.window.runner.state == "running" and guide.steps() >= 60, 240
    )
    guide.click_block(node)
    guide.window.docks.show(panel)
    steps = guide.steps()
    guide.wait("a fresh look inside", lambda: guide.shown_steps.get(node, -1) >= steps, 60)
    guide.picture(name)
    guide.press("stopButton")
    guide.wait("it stops", lambda: guide.window.runner.state == "stopped")


def _has_thumbnail(guide: Guide, name: str) -> bool:
    return guide.window.canvas.canvas.nodes[name].picture is not None


STEPS: tuple[Callable[[Guide], None], ...] = (
    launch_step,
    first_steps_step,
    train_step,
    draw_step,
    look_step,
    export_step,
    edit_step,
    presentation_step,
    gallery_step,
    lstm_step,
    attention_step,
    dark_step,
)
