"""The inspector's page of a group: every entry is an edit at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.graph.groups import set_repeat
from explorer.ui.session.store import Selection, Store
from tests.plan.test_groups import residual, two_in_two_out


@pytest.fixture
def store():
    return Store(residual())


@pytest.fixture
def selection(store):
    selection = Selection()
    selection.set(store.document.groups[0].members)
    return selection


@pytest.fixture
def page(inspector):
    return inspector.group_page


def test_it_is_shown_while_a_group_is_selected_whole(inspector, page, selection):
    assert page.isVisible()
    assert not inspector.node_page.isVisible()
    assert page.kind.text() == "Group of 6 blocks"
    assert page.shapes.text() == "in: 4 x 8 x 8 image\nout: 4 x 8 x 8 image"
    assert "weights: 304" in page.cost.text()
    selection.set(("conv1",))
    assert not page.isVisible()
    assert inspector.node_page.isVisible()
    selection.set(())
    assert inspector.document_page.isVisible()


def test_repeat_is_an_edit_and_costs_add_up(inspector, page, store):
    inspector.focus_first()
    field = page.first_field()
    assert field.objectName() == "param_repeat"
    field.setValue(3)
    assert store.document.groups[0].repeat == 3
    assert "weights: 912" in page.cost.text()
    assert "weights, each copy: 304" in page.cost.text()
    store.undo()
    assert field.value() == 1


def test_the_name_is_an_edit_and_a_bad_one_is_told(page, store):
    page.name.selectAll()
    QTest.keyClicks(page.name, "conv1")
    assert "already" in page.name.fault.text()
    page.name.selectAll()
    QTest.keyClicks(page.name, "residual")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    assert store.document.groups[0].name == "residual"
    assert not page.name.fault.isVisible()


def test_buttons_fold_ungroup_and_keep(page, store, qtbot):
    page.fold.click()
    assert store.document.groups[0].folded
    assert page.fold.text() == "Unfold"
    with qtbot.waitSignal(page.keep_asked) as asked:
        page.keep.click()
    assert asked.args == ["block1"]
    page.ungroup.click()
    assert store.document.groups == ()


def test_a_group_that_can_not_be_repeated_offers_the_repair(page, store, selection):
    store.open(set_repeat(two_in_two_out(), "both", 3))
    selection.set(store.document.groups[0].members)
    assert page.problem.isVisible()
    page.problem.button.click()
    assert store.document.groups[0].repeat == 1
    assert store.plan.ready
