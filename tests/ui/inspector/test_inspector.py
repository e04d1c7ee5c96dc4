"""Parameters, fixes, names and settings are edited at once and can be undone."""

import itertools
from html import unescape

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from explorer.blocks.catalogue import catalogue
from explorer.blocks.letters import explained
from explorer.graph.document import Document, Training
from explorer.graph.edits import add_node, chain, set_dataset, set_params, set_training
from explorer.ui.session.store import Selection, Store
from tests.drawings import drawing


@pytest.fixture
def store():
    kinds = ("input", "conv2d", "relu", "flatten", "linear", "output")
    store = Store()
    store.open(chain(Document(), [(None, catalogue()[kind]()) for kind in kinds]))
    return store


@pytest.fixture
def selection():
    return Selection()


def find(inspector, name):
    found = [w for w in inspector.findChildren(QWidget, name) if w.isVisible()]
    assert len(found) == 1, name
    return found[0]


def retype(widget, text):
    """Replace the text as one does from the keyboard."""
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def test_typing_a_number_is_one_step_and_keeps_the_focus(inspector, store, selection):
    selection.set(("conv1",))
    spin = find(inspector, "param_out_channels")
    retype(spin, "64")
    assert store.document.nodes["conv1"].block.out_channels == 64
    assert find(inspector, "param_out_channels") is spin
    assert spin.hasFocus()
    assert store.history.place == 1
    assert "64 x 26 x 26" in inspector.node_page.shapes.text()
    store.undo()
    assert spin.value() == 32


def test_automatic_says_what_it_stands_for(inspector, store, selection):
    selection.set(("fc1",))
    spin = find(inspector, "param_in_features")
    assert spin.text() == "auto (21632)"
    retype(spin, "1600")
    assert store.document.nodes["fc1"].block.in_features == 1600
    spin.setValue(spin.minimum())
    assert store.document.nodes["fc1"].block.in_features is None
    assert spin.text() == "auto (21632)"
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert store.document.nodes["fc1"].block.in_features == 21632
    assert store.plan.ready is False  # ten classes are still missing
    assert store.plan.problem_of.keys() == {"output"}


def test_the_fix_button_repairs_and_can_be_undone(inspector, store, selection):
    store.edit("Break", lambda d: set_params(d, "fc1", {"in_features": 1600}))
    broken = store.document
    selection.set(("fc1",))
    assert "1600" in find(inspector, "problemMessage").text()
    QApplication.processEvents()  # the page is laid out before a hand comes
    QTest.mouseClick(find(inspector, "fixButton"), Qt.MouseButton.LeftButton)
    assert "fc1" not in store.plan.problem_of
    assert not inspector.node_page.problem.isVisible()
    store.undo()
    assert store.document is broken
    assert inspector.node_page.problem.isVisible()


def test_a_fix_that_inserts_a_block_makes_room(inspector, store, selection):
    store.open(chain(Document(), [(None, catalogue()[k]()) for k in ("input", "linear", "output")]))
    selection.set(("fc1",))
    QApplication.processEvents()  # the page is laid out before a hand comes
    QTest.mouseClick(find(inspector, "fixButton"), Qt.MouseButton.LeftButton)
    xs = [store.document.nodes[name].x for name in ("input", "flatten", "fc1", "output")]
    assert xs == sorted(xs)
    assert min(b - a for a, b in itertools.pairwise(xs)) >= 140


def test_check_box_and_arithmetic(inspector, store, selection):
    selection.set(("conv1",))
    box = find(inspector, "param_bias")
    assert isinstance(box, QCheckBox)
    assert box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(10, box.height() // 2))
    assert store.document.nodes["conv1"].block.bias is False
    assert "= 26" in find(inspector, "shapeArithmetic").text()
    assert "weights: 288" in inspector.node_page.cost.text()
    assert "194,688" in inspector.node_page.cost.text()


def test_rename_in_the_title(inspector, store, selection):
    selection.set(("conv1",))
    name = find(inspector, "nodeName")
    retype(name, "relu")
    assert "already" in find(inspector, "nameFault").text()
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert "conv1" in store.document.nodes
    retype(name, "stem")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert "stem" in store.document.nodes


def test_training_settings_without_a_selection(inspector, store):
    for section, _ in inspector.document_page.sections.values():
        section.unfold()
    for parameter in Training.parameters():
        widget = find(inspector, f"param_{parameter.name}")
        assert widget.accessibleName()
        assert parameter.help in unescape(widget.toolTip())
    rate = find(inspector, "param_rate")
    retype(rate, "2.5e-5")
    assert store.document.training.rate == 2.5e-5
    assert rate.text() == "2.5e-5"
    assert store.history.place == 1
    optimiser = find(inspector, "param_optimiser")
    assert isinstance(optimiser, QComboBox)
    optimiser.setCurrentText("sgd")
    assert store.document.training.optimiser == "sgd"
    retype(find(inspector, "param_epochs"), "12")
    assert store.document.training.epochs == 12


def test_a_folded_section_says_what_is_set_in_it(inspector, store):
    augmentation, _ = inspector.document_page.sections["Augmentation"]
    precision, form = inspector.document_page.sections["Precision and memory"]
    said = [each.head.accessibleDescription() for each in (augmentation, precision)]
    assert said == ["none", "float32"]
    assert not form.isVisible()
    changes = {"rotate": 10.0, "noise": 0.1, "precision": "bfloat16", "compile": True}
    store.edit("set", lambda d: set_training(d, changes))
    assert augmentation.head.accessibleDescription() == "rotate 10, noise 0.1"
    assert precision.head.accessibleDescription() == "bfloat16, compile"
    QTest.mouseClick(precision.head, Qt.MouseButton.LeftButton)
    assert form.isVisible()
    find(inspector, "param_compile").click()
    assert not store.document.training.compile
    QTest.keyClick(precision.head, Qt.Key.Key_Space)
    assert not form.isVisible()


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [(0.001, "Up", 0.002), (0.001, "Down", 0.0005), (0.005, "Up", 0.01), (0.01, "Down", 0.005)],
)
def test_the_rate_steps_in_1_2_5(inspector, store, start, key, end):
    rate = find(inspector, "param_rate")
    rate.setValue(start)
    QTest.keyClick(rate, getattr(Qt.Key, f"Key_{key}"))
    assert store.document.training.rate == end


def test_the_title_and_the_totals(inspector, store):
    title = find(inspector, "documentTitle")
    assert isinstance(title, QLineEdit)
    retype(title, "Mine")
    assert store.document.title == "Mine"
    assert store.history.place == 1
    store.edit("Classes", lambda d: set_params(d, "fc1", {"out_features": 10}))
    totals = inspector.document_page.totals.text()
    assert f"{store.plan.weights:,}" in totals
    assert f"{store.plan.macs:,}" in totals


def test_a_problem_of_the_whole_document_has_its_fix(inspector, store):
    store.edit("Set", lambda d: set_dataset(d, "gone"))
    assert "gone" in find(inspector, "problemMessage").text()
    QTest.mouseClick(find(inspector, "fixButton"), Qt.MouseButton.LeftButton)
    assert store.plan.dataset is not None


@pytest.mark.parametrize("kind", list(catalogue()))
def test_every_block_has_a_form_that_fits_280_pixels(inspector, store, selection, kind):
    document, name = add_node(Document(), catalogue()[kind]())
    store.open(document)
    selection.set((name,))
    QApplication.processEvents()
    for parameter in catalogue()[kind].parameters():
        widget = find(inspector, f"param_{parameter.name}")
        right = widget.mapTo(inspector, widget.rect().topRight()).x()
        assert right <= inspector.viewport().width()
        assert parameter.help in unescape(widget.toolTip())
    assert inspector.widget().minimumSizeHint().width() <= 280
    assert find(inspector, "nodeSummary").text() == catalogue()[kind].summary
    assert explained(catalogue()[kind]) in inspector.findChild(QLabel, "nodeLetters").text()


def test_every_float_parameter_takes_its_limits(inspector, store, selection):
    count = 0
    for kind, block in catalogue().items():
        floats = [p for p in block.parameters() if p.type == "float"]
        store.open(chain(Document(), [("b", catalogue()[kind]())]))
        selection.set(("b",))
        for parameter in floats:
            field = find(inspector, f"param_{parameter.name}")
            for value in (parameter.low, parameter.high, parameter.default):
                retype(field, f"{value:g}")
                assert store.document.nodes["b"].block.values()[parameter.name] == value
                count += 1
    assert count >= 12


def test_labels_are_the_parameters_own_names(inspector, selection):
    selection.set(("conv1",))
    texts = {label.text() for label in inspector.findChildren(QLabel) if label.isVisible()}
    assert {"kernel_size", "out_channels", "dilation"} <= texts


def test_it_shows_every_block_of_any_unfinished_drawing(inspector, store, selection):
    for seed in range(10):
        document = drawing(seed)
        store.open(document)
        for name in [*document.nodes][:12]:
            selection.set((name,))
            assert find(inspector, "nodeName").text() == name
        selection.set(())


def test_another_selection_begins_at_the_top_an_edit_does_not(inspector, store, selection):
    inspector.resize(280, 200)
    bar = inspector.verticalScrollBar()
    names = list(store.document.nodes)
    for before, after in itertools.pairwise([(), *((name,) for name in names), (), names[:3]]):
        selection.set(before)
        QApplication.processEvents()
        bar.setValue(bar.maximum())
        assert bar.value() > 0
        store.edit("Rate", lambda d: set_training(d, {"rate": d.training.rate / 2}))
        QApplication.processEvents()
        assert bar.value() > 0, "whoever edits stays where he is"
        selection.set(after)
        QApplication.processEvents()
        assert bar.value() == 0


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_several_selected_blocks_are_told(inspector, store, selection, count):
    names = list(store.document.nodes)[:count]
    selection.set(names)
    told = inspector.findChild(QLabel, "severalSelected")
    assert told.isVisible() == (count > 1)
    if count > 1:
        assert told.text().startswith(f"{count} blocks selected")
        assert names[-1] in told.text().splitlines()[-1]  # the one that is shown below
    selection.set(())
    assert not told.isVisible()
