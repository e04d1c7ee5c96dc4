"""The canvas tells what the dashes and colours of its wires mean."""

import pytest
from PySide6.QtGui import QImage

from explorer.plan.documents import examples, read
from explorer.ui.canvas.legend import kinds_shown
from explorer.ui.kit.theme import DARK, LIGHT
from tests.ui.canvas.conftest import in_colours, row


@pytest.mark.parametrize("name", examples())
def test_it_names_each_kind_that_the_wires_have(store, view, name):
    store.open(read(examples()[name]).document)
    kinds = {item.look.shape.kind for item in view.canvas.wires.values()}
    assert set(view.legend.kinds) == kinds
    assert view.legend.isVisible()


def test_nothing_is_said_of_one_kind_or_in_a_small_canvas(store, view):
    store.open(row("input", "conv2d", "relu"))
    assert not view.legend.isVisible()
    store.open(read(examples()["tutorial-cnn"]).document)
    assert view.legend.isVisible()
    view.resize(300, 300)
    assert not view.legend.isVisible()


@pytest.mark.parametrize(("dark", "scheme"), [(False, LIGHT), (True, DARK)])
def test_it_shows_wires_as_they_are_painted_and_covers_no_block(store, view, dark, scheme):
    in_colours(view.canvas.theme, dark)
    store.open(read(examples()["tutorial-attention"]).document)
    view.fit()
    image = QImage(view.legend.size(), QImage.Format.Format_RGB32)
    view.legend.render(image)
    middle = image.height() // 2
    colours = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in (middle - 1, middle)
    }
    for kind in kinds_shown(view.canvas):
        assert scheme.kinds[kind] in colours
    for item in view.canvas.nodes.values():
        body = view.mapFromScene(item.scene_body()).boundingRect()
        assert not view.legend.geometry().intersects(body)
