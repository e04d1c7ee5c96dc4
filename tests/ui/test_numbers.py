"""What is typed into a field for a number is taken as it stands, or refused in words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QScrollArea, QVBoxLayout, QWidget

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document, Training
from explorer.graph.edits import add_node
from explorer.ui.inspector.document_page import DocumentPage
from explorer.ui.inspector.node_page import NodePage
from explorer.ui.kit.field_fault import FieldFault
from explorer.ui.kit.numbers import Decimal, Whole
from explorer.ui.session.store import Store

NONSENSE = ("abc", "3.7.1", "--5", "1e", "9" * 500, "NaN", "inf", "1 2")


def retype(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)


def refused(box):
    return box.entry.refusing


def outside(parameter):
    yield from NONSENSE
    if parameter.type == "int":
        yield "3.7"
    if parameter.low is not None:
        yield f"{parameter.low - 1:.0f}"
    if parameter.high is not None:
        yield f"{parameter.high * 10 + 10:.0f}"


def every_field():
    for kind, block in catalogue().items():
        numbers = [p for p in block.parameters() if p.type in ("int", "float")]
        if numbers:
            yield pytest.param(kind, numbers, id=kind)
    numbers = [p for p in Training.parameters() if p.type in ("int", "float")]
    yield pytest.param(None, numbers, id="training")


@pytest.mark.parametrize(("kind", "parameters"), list(every_field()))
def test_no_sign_is_dropped_and_what_cant_be_taken_is_refused_in_words(qtbot, kind, parameters):
    store = Store()
    page = DocumentPage(store) if kind is None else NodePage(store)
    qtbot.addWidget(page)
    if kind is not None:
        document, name = add_node(Document(), catalogue()[kind]())
        store.open(document)
        page.show_node(document.nodes[name], store.plan)
        store.changed.connect(lambda _, after, plan: page.show_node(after.nodes[name], plan))
    else:
        page.show_document(store.plan)
        store.changed.connect(lambda *_: page.show_document(store.plan))
        for section, _ in page.sections.values():
            section.unfold()
    page.resize(280, 900)
    with qtbot.waitExposed(page):
        page.show()
    before = store.document
    for parameter in parameters:
        box = page.findChild(QAbstractSpinBox, f"param_{parameter.name}")
        shown = box.text()
        for text in outside(parameter):
            retype(box, text)
            assert box.text() == text
            assert refused(box), (parameter.name, text)
            assert store.document == before
            QTest.keyClick(box, Qt.Key.Key_Return)
            assert shown in box.entry.words
            assert box.text() == shown
            assert store.document == before
            assert store.history.place == 0


@pytest.fixture
def whole(qtbot):
    box = Whole()
    box.setAccessibleName("kernel size")
    box.setRange(1, 64)
    box.setValue(32)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    return box


def test_words_come_after_a_pause_and_go_with_the_next_good_text(qtbot, whole):
    retype(whole, "3.7")
    assert not whole.entry.words
    qtbot.waitUntil(lambda: "3.7" in whole.entry.words)
    retype(whole, "5")
    assert not whole.entry.words
    assert whole.value() == 5


def test_a_good_number_is_told_at_every_key(whole):
    told = []
    whole.entry.entered.connect(told.append)
    retype(whole, "48")
    assert told == [4, 48]
    QTest.keyClick(whole, Qt.Key.Key_Return)
    retype(whole, "700")
    assert told == [4, 48, 7, 48, 48]


def test_the_special_value_is_its_word_or_no_text_at_all(whole):
    whole.setRange(0, 64)
    whole.setSpecialValueText("auto (16)")
    for text in ("auto", "auto (16)"):
        whole.setValue(8)
        retype(whole, text)
        assert whole.value() == 0
        assert not refused(whole)
    whole.setValue(8)
    retype(whole, "0")
    assert refused(whole)
    QTest.keyClick(whole, Qt.Key.Key_Return)
    assert whole.value() == 8


@pytest.mark.parametrize(("typed", "value"), [("0,5", 0.5), ("2.5e-3", 0.0025), (".25", 0.25)])
def test_decimals_as_people_write_them(qtbot, typed, value):
    box = Decimal(even=False)
    box.setRange(0, 1)
    qtbot.addWidget(box)
    box.show()
    retype(box, typed)
    assert box.value() == value
    assert not refused(box)


def test_prefix_and_suffix_belong_to_the_box(whole):
    whole.setPrefix("+")
    whole.setSuffix(" epochs")
    retype(whole, "12")
    assert whole.value() == 12
    retype(whole, "0")
    assert refused(whole)


def test_words_go_with_their_field(qtbot, whole):
    retype(whole, "x")
    qtbot.waitUntil(lambda: bool(whole.entry.words))
    fault = whole.window().findChild(FieldFault)
    whole.hide()
    assert not fault.text


def test_words_lie_whole_in_what_can_be_seen(qtbot):
    """Of a long form in a low dock, too."""
    area, page = QScrollArea(), QWidget()
    column = QVBoxLayout(page)
    boxes = [Whole() for _ in range(12)]
    for box in boxes:
        box.setRange(1, 64)
        column.addWidget(box)
    area.setWidget(page)
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.resize(300, 160)
    with qtbot.waitExposed(area):
        area.show()
    for box in boxes:
        area.ensureWidgetVisible(box, 0, 0)
        retype(box, "x")
        qtbot.waitUntil(lambda box=box: bool(box.entry.words))
        fault = next(each for each in page.findChildren(FieldFault) if each.text)
        seen = page.visibleRegion().boundingRect().adjusted(0, -1, 0, 1)
        assert seen.contains(fault.geometry())
        retype(box, "5")
