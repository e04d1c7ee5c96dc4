"""Names can be read at any zoom, nothing is cut, and a drawing is as large as the canvas allows."""

import itertools
import re

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.plan.documents import examples, read
from explorer.ui.canvas import node_painter
from explorer.ui.canvas.arranging import fitted
from explorer.ui.canvas.geometry import WIDTH
from explorer.ui.canvas.lettering import LEADING, lettered, text_pixels
from explorer.ui.canvas.node_areas import PAD
from explorer.ui.canvas.paint import scene_font

# Viewports of the canvas: a window of 1440 x 900; of 1024 x 768; of 1920 x 1080 at 200 %.
SIZES = {"1440": (865, 539), "1024": (480, 412), "200%": (480, 223)}
LEAST = {"1440": 8.0, "1024": 6.5, "200%": 5.4}  # pixels of the smallest letters of a name


@pytest.fixture
def painted(monkeypatch):
    """(text, size on the screen) of all that was painted on blocks."""
    found = []
    original = node_painter.paint_letters

    def note(painter, area, text, *rest, **more):
        size = original(painter, area, text, *rest, **more)
        found.append((text, size * painter.worldTransform().m11()))
        return size

    monkeypatch.setattr(node_painter, "paint_letters", note)
    return found


@pytest.fixture
def painted_areas(monkeypatch):
    """By its text: where it was painted on a block, and how large, in scene units."""
    found = {}
    original = node_painter.paint_letters

    def note(painter, area, text, *rest, **more):
        found[text] = area, original(painter, area, text, *rest, **more)
        return found[text][1]

    monkeypatch.setattr(node_painter, "paint_letters", note)
    return found


@pytest.fixture
def larger_text(qapp):
    font = QApplication.font()
    before = font.pointSizeF()
    font.setPointSizeF(before * 1.5)
    QApplication.setFont(font)
    yield
    font.setPointSizeF(before)
    QApplication.setFont(font)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", examples())
def test_an_example_opens_with_names_that_can_be_read(view, store, painted, name, size):
    view.resize(*SIZES[size])
    document = read(examples()[name]).document
    store.open(view.editing.fitted(document))
    painted.clear()
    view.grab()
    names = {text: pixels for text, pixels in painted if text in document.nodes}
    assert set(names) == set(document.nodes)
    crowded = name == "inception-like" and size == "200%"  # eight lanes in 223 pixels
    assert min(names.values()) > (3.2 if crowded else LEAST[size])


@pytest.mark.parametrize("zoom", [0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 2.0])
def test_at_every_zoom_each_block_has_its_name_as_large_as_there_is_room(cnn, view, painted, zoom):
    view.zoom_by(zoom / view.camera.zoom)
    painted.clear()
    view.grab()
    sizes = {text: pixels for text, pixels in painted if text in cnn.document.nodes}
    assert sizes
    widest_word = 35 * zoom  # "flatten" in one line, from edge to edge
    assert min(sizes.values()) > min(0.74 * text_pixels(), widest_word)


def test_small_lines_are_left_out_where_nobody_could_read_them(cnn, view, painted):
    for zoom, kept in ((1.0, True), (0.65, True), (0.5, False)):
        view.zoom_by(zoom / view.camera.zoom)
        painted.clear()
        view.grab()
        assert ("Conv2d" in dict(painted)) == kept
        assert all(pixels > 0.55 * text_pixels() for text, pixels in painted if text)
        labels = {item.label.isVisible() for item in view.canvas.wires.values()}
        assert labels == {kept}


@pytest.mark.usefixtures("larger_text")
def test_names_follow_the_size_of_the_text(cnn, view, painted):
    view.zoom_by(0.6 / view.camera.zoom)
    painted.clear()
    view.grab()
    assert dict(painted)["conv1"] > 0.74 * text_pixels() > 13
    assert "Conv2d" not in dict(painted), "6.6 pixels beside text of 18"


def test_titles_of_all_kinds_are_whole(qapp):
    family = QApplication.font().family()
    for block in catalogue().values():
        laid = lettered(block.title, family, False, WIDTH - 2 * PAD, 14.0, 11.0, 11.0, 2)
        assert " ".join(laid.lines) == block.title
        assert laid.pixels > 9


@pytest.mark.parametrize("text", ["conv1", "a", "separable_convolution_12", "x" * 40, "två ord 3"])
@pytest.mark.parametrize(("width", "lines"), [(132.0, 1), (60.0, 3), (20.0, 3)])
def test_letters_stay_in_their_area_and_none_is_lost(qapp, text, width, lines):
    laid = lettered(text, QApplication.font().family(), True, width, 60.0, 40.0, 20.0, lines)
    assert "".join(laid.lines).replace(" ", "") == text.replace(" ", "")
    assert len(laid.lines) <= lines
    metrics = QFontMetricsF(scene_font(100, bold=True))
    assert max(map(metrics.horizontalAdvance, laid.lines)) * laid.pixels / 100 <= width + 0.1
    assert laid.pixels * len(laid.lines) <= 60


def test_a_name_is_broken_at_its_joints(qapp):
    family = QApplication.font().family()
    laid = lettered("concat_a1", family, True, 60.0, 60.0, 40.0, 40.0, 2)
    assert laid.lines == ("concat_", "a1")
    assert lettered("conv12", family, True, 30.0, 60.0, 40.0, 40.0, 2).lines == ("conv", "12")
    assert lettered("conv12", family, True, 300.0, 60.0, 40.0, 20.0, 3).lines == ("conv12",)


WORDS = ("input", "attention", "flatten", "dropout1", "x" * 40, "separable2", "output")
JOINTED = ("conv_a1", "selfAttention", "layer-norm", "relu12", "positional_encodingLearned")


@pytest.mark.parametrize("text", [*WORDS, *JOINTED])
@pytest.mark.parametrize("width", [200.0, 60.0, 20.0, 8.0])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_no_name_is_broken_within_a_word(qapp, text, width, lines):
    """Smaller letters are read sooner than pieces of a word."""
    laid = lettered(text, QApplication.font().family(), True, width, 60.0, 40.0, 40.0, lines)
    joints = re.sub(r"(?<=[_-])(?=[a-z])|(?<=[a-z])(?=[A-Z]|[0-9]{2})", " ", text).split()
    starts = set(itertools.accumulate(map(len, joints), initial=0))
    assert set(itertools.accumulate(map(len, laid.lines), initial=0)) <= starts
    assert text not in WORDS or laid.lines == (text,)


@pytest.mark.parametrize("room", [(480.0, 400.0), (860.0, 540.0), (1300.0, 500.0), (1700.0, 300.0)])
@pytest.mark.parametrize("count", [6, 12, 24, 40])
def test_a_long_chain_fills_the_canvas_whatever_its_proportions(qapp, count, room):
    document = fitted(
        chain(Document(), [(None, catalogue()["relu"]()) for _ in range(count)]), room
    )
    xs, ys = ({getattr(node, axis) for node in document.nodes.values()} for axis in "xy")
    wide, high = max(xs) - min(xs) + WIDTH, max(ys) - min(ys) + 132
    zoom = min(room[0] / wide, room[1] / high)
    if zoom >= 1:
        return  # it has its natural size
    ideal = (room[0] * room[1] / (count * 252 * 204)) ** 0.5
    assert zoom > 0.75 * ideal
    assert zoom * wide > 0.6 * room[0]


def test_arrange_uses_the_width_of_the_canvas(cnn, view, hand):
    cnn.open(chain(Document(), [(None, catalogue()["relu"]()) for _ in range(24)]))
    rows = []
    for size in ((500, 900), (1000, 640), (1600, 400)):
        view.resize(*size)
        view.editing.arrange()
        rows.append(len({node.y for node in cnn.document.nodes.values()}))
    assert all(a > b for a, b in itertools.pairwise(rows)), "the wider, the fewer"


@pytest.mark.parametrize("room", [(690, 420), (865, 539), (1100, 400), (480, 223)])
@pytest.mark.parametrize("name", [n for n in examples() if n.startswith(("tutorial", "vgg", "le"))])
def test_shapes_on_wires_do_not_read_as_one(view, store, name, room):
    view.resize(*room)
    store.open(view.editing.fitted(read(examples()[name]).document))
    shapes = [item.label.rect().translated(item.label.pos()) for item in view.canvas.wires.values()]
    for one, other in itertools.combinations([rect for rect in shapes if not rect.isEmpty()], 2):
        assert not one.adjusted(0, -7, 0, 7).intersects(other)


@pytest.mark.usefixtures("larger_text")
def test_small_lines_follow_the_size_of_the_text(cnn, view, painted):
    view.zoom_by(1.0 / view.camera.zoom)
    painted.clear()
    view.grab()
    assert dict(painted)["Conv2d"] > 0.7 * text_pixels() > 12


@pytest.mark.parametrize("text", ["64 wide, 8 heads, dropout 0.1", "1→32, 3x3, pad 1"])
def test_the_last_line_lies_above_the_thumbnail(cnn, view, painted_areas, text):
    name = "conv1"
    view.canvas.nodes[name].alter(summary=text)
    view.zoom_by(1.0 / view.camera.zoom)
    view.grab()
    area, pixels = painted_areas[text]
    family = QApplication.font().family()
    lines = lettered(text, family, False, area.width(), area.height(), pixels, 11.0, 2).lines
    font = QFontMetricsF(scene_font(pixels))
    lowest = area.top() + (len(lines) - 0.5) * pixels * LEADING + font.height() / 2
    assert lowest < view.canvas.nodes[name].picture_area().top() - 2
