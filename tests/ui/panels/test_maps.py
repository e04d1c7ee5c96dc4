"""Feature maps, kernels, attention and gates: what is shown is what came."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from explorer.graph import edits
from explorer.protocol.events import Activation, Attention, Hidden, Kernels, Started, Watched
from explorer.ui.kit.colour_maps import Scale, map_of, packed_of
from explorer.ui.panels.inside.attention import AttentionPanel
from explorer.ui.panels.inside.feature_maps import FeatureMapsPanel
from explorer.ui.panels.inside.filters import FiltersPanel
from explorer.ui.panels.inside.gates import GatesPanel

RANDOM = np.random.default_rng(0)


def normal(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def point_at(view, cell):
    QTest.mouseMove(view, view.cell_rect(cell).center().toPoint())


@pytest.fixture
def maps(table):
    panel = table.put(FeatureMapsPanel)
    table.selection.set(("conv1",))
    return panel


def test_nothing_selected_says_what_to_do(table):
    panel = table.put(FeatureMapsPanel)
    assert panel.frame.says.startswith("Select a block")
    assert panel.watches() == frozenset()


def test_the_selected_node_is_watched(table, qtbot):
    panel = table.put(FeatureMapsPanel)
    with qtbot.waitSignal(panel.watch_changed):
        table.selection.set(("conv2",))
    assert panel.watches() == {"conv2"}


def test_other_nodes_are_not_shown(table, maps):
    table.give(maps, Activation(1, "conv2", 5, normal(4, 6, 6)))
    assert "conv1" in maps.frame.says


def test_each_number_has_its_colour_at_its_place(table, maps):
    values = normal(32, 28, 28)
    table.give(maps, Activation(1, "conv1", 5, values))
    picture = maps.atlas.grab().toImage()
    colours = packed_of(map_of("signed", False))
    reach = np.abs(values).max()
    for cell in [(0, 0, 0), (5, 3, 7), (17, 14, 14), (31, 27, 27)]:
        place = maps.atlas.cell_rect(cell).center().toPoint()
        index = int((float(values[cell]) + reach) / (2 * reach) * 255 + 0.5)
        near = range(max(index - 1, 0), min(index + 2, 256))
        shown = QColor(picture.pixel(place)).rgb()
        if cell == (0, 0, 0):
            continue  # under the outline
        assert shown in {int(colours[k]) for k in near}, cell


def test_hover_reads_the_very_value(table, maps):
    values = normal(32, 28, 28)
    values[5, 3, 7] = 0.83124
    table.give(maps, Activation(1, "conv1", 5, values))
    point_at(maps.atlas, (5, 3, 7))
    assert maps.frame.readout.text() == "map 5, row 3, column 7: 0.8312"


def test_the_caption_tells_extremes_and_step(table, maps):
    values = np.zeros((32, 28, 28), np.float32)
    values[3, 4, 5], values[7, 0, 0] = 2.5, -1.25
    table.give(maps, Activation(1, "conv1", 1234, values))
    caption = maps.frame.caption.text()
    assert "32 maps of 28 x 28" in caption
    assert "min -1.25, max 2.5" in caption
    assert "1,234" in caption


def test_the_legend_is_the_scale(table, maps):
    values = np.abs(normal(32, 28, 28))
    table.give(maps, Activation(1, "conv1", 5, values))
    reach = f"{values.max():.4g}"
    assert maps.atlas.legend_texts() == (reach, f"-{reach}")
    maps.own_scales.setChecked(True)
    assert [s.high for s in maps.atlas.scales] == pytest.approx(values.max(axis=(1, 2)).tolist())
    assert maps.atlas.legend_texts() == ("+max", "-max")


def test_arrows_move_the_cursor(table, maps):
    values = normal(32, 28, 28)
    table.give(maps, Activation(1, "conv1", 5, values))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
        QTest.keyClick(maps.atlas, key)
    assert maps.frame.readout.text() == f"map 1, row 1, column 1: {values[1, 1, 1]:.4g}"


def test_no_numbers_are_marked_and_do_no_harm(table, maps):
    values = normal(32, 28, 28)
    values[0, 5, 5], values[1, 5, 5] = np.nan, np.inf
    table.give(maps, Activation(1, "conv1", 5, values))
    picture = maps.atlas.grab().toImage()
    place = maps.atlas.cell_rect((0, 5, 5)).center().toPoint()
    assert QColor(picture.pixel(place)).name() == "#ff00ff"


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 70), (512, 7, 7), (2000, 2, 2)], ids=str)
def test_any_number_of_maps_lies_inside(table, maps, shape):
    table.give(maps, Activation(1, "conv1", 5, normal(*shape)))
    shown = len(maps.atlas.values)
    assert shown == min(shape[0], 1024)
    tiles = [maps.atlas.tile(k) for k in range(shown)]
    room = maps.atlas.rect().adjusted(0, 0, 1, 1)
    assert all(room.contains(tile.toAlignedRect()) for tile in tiles)
    assert not any(a.intersects(b) for a, b in pairwise(tiles))
    maps.grab()


@pytest.mark.parametrize("shape", [(4, 6, 6), (9, 5)])
def test_the_signs_of_the_values_never_change_the_map(table, maps, shape):
    """A ReLU's output has the colours of the convolution before it, on either ground."""
    for dark in (False, True):
        table.theme.use(dark)
        colours = {int(each) & 0xFFFFFF for each in packed_of(map_of("signed", dark))}
        for values in (normal(*shape), abs(normal(*shape)), -abs(normal(*shape))):
            table.give(maps, Activation(1, "conv1", 5, values))
            view = maps.views.currentWidget()
            assert view.scales[0].signed
            assert {int(each) & 0xFFFFFF for each in view._pixels.ravel()} <= colours
    table.theme.use(False)
    assert {int(each) & 0xFFFFFF for each in view._pixels.ravel()} <= {
        int(each) & 0xFFFFFF for each in packed_of(map_of("signed", False))
    }


def test_what_the_network_is_given_is_grey(table, maps):
    table.selection.set(("input",))
    table.give(maps, Activation(1, "input", 5, normal(1, 6, 6)))
    assert maps.atlas.scales[0].quantity == "given"


def test_the_legend_stands_beside_few_maps(table, maps):
    table.give(maps, Activation(1, "conv1", 5, normal(1, 28, 28)))
    atlas = maps.atlas
    atlas.resize(900, 200)
    assert atlas.legend_rect().left() < 300
    assert atlas.tile(0).right() < atlas.legend_rect().left()


def test_a_sequence_is_steps_by_features(table, maps):
    values = normal(28, 64)
    table.give(maps, Activation(1, "conv1", 5, values))
    point_at(maps.sequence, (0, 20, 33))
    assert maps.frame.readout.text() == f"step 20, feature 33: {values[20, 33]:.4g}"


def test_logits_have_class_names(table, maps):
    values = normal(10)
    table.selection.set(("output",) if "output" in table.store.document.nodes else ("fc2",))
    node = table.store.plan.result[0]
    assert maps.watches() == {node}
    table.give(maps, Activation(1, node, 5, values))
    assert maps.views.currentWidget() is maps.bars
    assert [maps.bars.text_of(k) for k in range(10)] == [f"{k}: {values[k]:.4g}" for k in range(10)]


def test_a_long_vector_is_columns(table, maps):
    values = normal(9216)
    table.give(maps, Activation(1, "conv1", 5, values))
    lows, highs = maps.columns.spans()
    assert len(lows) <= maps.columns.plot_rect().width()
    assert highs.max() == values.max()
    assert lows.min() == values.min()


def test_a_new_run_voids_the_maps(table, maps):
    table.give(maps, Activation(1, "conv1", 5, normal(4, 6, 6)), Started(2, 10, 10, 1, "CPU"))
    assert maps.frame.says
    assert maps.numbers() is None


def test_a_node_that_leads_nowhere_is_explained(table, maps):
    block = table.store.document.nodes["conv1"].block
    table.store.edit("Add", lambda d: edits.add_node(d, block, name="spare")[0])
    table.selection.set(("spare",))
    assert "leads nowhere" in maps.frame.says or "can't be computed" in maps.frame.says


def test_scale_of_constant_values():
    assert Scale.of(np.zeros((3, 3), np.float32), "signed").pixels(
        np.zeros((3, 3), np.float32)
    ).shape == (
        3,
        3,
    )


# --- kernels ---------------------------------------------------------------------------------


def test_filters_follow_the_selected_convolution(table):
    panel = table.put(FiltersPanel)
    assert panel.watches() == {"conv1"}
    table.selection.set(("conv2",))
    assert panel.watches() == {"conv2"}
    weights, bias = normal(64, 32, 3, 3), normal(64)
    table.give(panel, Kernels(1, "conv2", 7, weights, bias))
    panel.channel.setValue(4)
    np.testing.assert_array_equal(panel.atlas.values, weights[:, 4])
    point_at(panel.atlas, (9, 1, 2))
    told = panel.frame.readout.text()
    assert told.startswith(f"kernel 9, channel 4, row 1, column 2: {weights[9, 4, 1, 2]:.4g}")
    assert f"{bias[9]:.4g}" in told


def test_no_convolution_is_said(table_of):
    panel = table_of("tutorial-lstm").put(FiltersPanel)
    assert "no convolution" in panel.frame.says


# --- attention -------------------------------------------------------------------------------


def weights_of(heads, steps):
    raw = np.exp(normal(heads, steps, steps))
    return raw / raw.sum(axis=2, keepdims=True)


def test_attention_reads_weights_and_their_sum(table_of):
    table = table_of("tutorial-attention")
    panel = table.put(AttentionPanel)
    (node,) = panel.watches()
    weights = weights_of(8, 28)
    table.give(panel, Attention(1, node, 3, weights))
    QTest.mouseClick(
        panel.heads,
        Qt.MouseButton.LeftButton,
        pos=panel.heads.cell_rect((2, 4, 4)).center().toPoint(),
    )
    point_at(panel.map, (0, 9, 5))
    assert panel.head == 2
    told = panel.frame.readout.text()
    assert told.startswith(f"head 2, query 9, key 5: {weights[2, 9, 5]:.4f}")
    assert "sums to 1.000" in told
    np.testing.assert_array_equal(panel.row.weights, weights[2, 9])


def test_the_sample_stands_beside_where_rows_are_steps(table_of):
    table = table_of("tutorial-attention")
    panel = table.put(AttentionPanel)
    picture = RANDOM.integers(0, 256, (1, 28, 28), np.uint8)
    probabilities = np.full(10, 0.1, np.float32)
    table.give(panel, Watched(1, picture, 7, probabilities))
    table.give(panel, Attention(1, panel.node, 3, weights_of(8, 28)))
    assert panel.row.areas()[0] is not None
    table.give(panel, Attention(1, panel.node, 3, weights_of(8, 13)))
    assert panel.row.areas()[0] is None
    panel.grab()


# --- gates -----------------------------------------------------------------------------------


def test_gates_can_be_chosen_and_read(table_of, qtbot):
    table = table_of("tutorial-lstm")
    panel = table.put(GatesPanel)
    gates = {name: np.abs(normal(28, 16)) % 1 for name in ("input", "forget", "cell", "output")}
    gates["state"] = normal(28, 16)
    hidden = normal(28, 16)
    table.give(panel, Hidden(1, panel.node, 3, hidden, gates))
    np.testing.assert_array_equal(panel.map.values[0], hidden.T)
    panel.chooser.setCurrentIndex(panel.chooser.findData("forget"))
    np.testing.assert_array_equal(panel.map.values[0], gates["forget"].T)
    assert panel.map.legend_texts() == ("1", "0")
    point_at(panel.map, (0, 4, 20))
    told = panel.frame.readout.text()
    assert told.startswith(f"step 20, unit 4: h {hidden[20, 4]:.3f}")
    assert f"f {gates['forget'][20, 4]:.3f}" in told
    for name, curve in zip(("input", "forget", "output"), panel.means.curves.values(), strict=True):
        np.testing.assert_allclose(curve.getOriginalDataset()[1], gates[name].mean(axis=1))
