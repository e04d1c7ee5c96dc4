"""Laws of drawing: the same picture wherever, however large and with whatever pen one draws."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.datasets import catalogue, ink
from explorer.datasets.dataset import DatasetError
from tests.datasets.stroke_width import stroke_widths
from tests.datasets.strokes import DRAWINGS, SEVEN

EVERY_DRAWING = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda each: each.name)
WAYS = pytest.mark.parametrize("draw", [ink.picture, ink.block_counts])

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.floats()
points = st.integers(0, 12)


def drawings(elements):
    stroke = points.flatmap(lambda count: arrays(np.float64, (count, 2), elements=elements))
    return st.lists(stroke, max_size=4)


# Points on a fine grid: nothing in a picture may hang on the last bits of a coordinate.
pen = st.integers(0, 400).map(float)
drawn = drawings(pen).filter(
    lambda strokes: (
        any(len(s) for s in strokes) and np.ptp(np.concatenate(strokes), axis=0).max() > 0
    )
)


def centre_of_mass(picture):
    places = np.arange(len(picture))
    rows, columns = picture.sum(axis=1, dtype=float), picture.sum(axis=0, dtype=float)
    return np.array([columns @ places, rows @ places]) / picture.sum(dtype=float)


def extent(picture):
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    return np.array([np.ptp(columns), np.ptp(rows)]) + 1


@given(drawings(anything))
def test_any_drawing_gives_a_picture(strokes):
    picture = ink.picture(strokes)
    assert (picture.shape, picture.dtype) == ((28, 28), np.uint8)
    counts = ink.block_counts(strokes)
    assert (counts.shape, counts.dtype) == ((8, 8), np.uint8)
    assert counts.max() <= 16
    some = any(np.isfinite(stroke).all(axis=1).any() for stroke in strokes)
    assert picture.any() == some
    assert counts.any() == some


@given(drawings(finite))
def test_points_that_are_no_numbers_are_left_out(strokes):
    bad = np.array([[np.nan, 1.0], [2.0, np.inf]])
    with_bad = [np.concatenate([bad[:1], stroke, bad[1:]]) for stroke in strokes] + [bad]
    assert np.array_equal(ink.picture(with_bad), ink.picture(strokes))


@given(drawn, st.floats(-1000, 1000), st.floats(-1000, 1000), st.floats(0.3, 3))
def test_place_and_size_do_not_matter(strokes, x, y, scale):
    moved = [stroke * scale + [x, y] for stroke in strokes]
    difference = np.abs(ink.picture(moved).astype(int) - ink.picture(strokes))
    assert difference.max() <= 1  # of 255: rounding


@given(drawn)
def test_ink_fills_the_box_and_keeps_its_aspect(strokes):
    picture = ink.picture(strokes)
    sides = np.ptp(np.concatenate(ink._in_unit_square(strokes)), axis=0)
    reach = ink.RADIUS + ink.SOFTNESS / 2
    expected = sides / sides.max() * (20 - 2 * reach) + 2 * reach
    assert np.abs(extent(picture) - expected).max() <= 1.3
    assert extent(picture).max() <= 21  # 20, lying between the pixels


@given(drawn)
def test_centre_of_mass_is_in_the_middle_unless_the_frame_forbids_it(strokes):
    picture = ink.picture(strokes)
    touches = np.array([picture[:, [0, 1, -2, -1]].any(), picture[[0, 1, -2, -1]].any()])
    off = np.abs(centre_of_mass(picture) - 14)
    assert (touches | (off < 0.5)).all()


@given(drawn)
def test_the_order_and_direction_of_strokes_do_not_matter(strokes):
    back = [stroke[::-1] for stroke in strokes[::-1]]
    difference = np.abs(ink.picture(back).astype(int) - ink.picture(strokes))
    assert difference.max() <= 8  # the dots along a line lie a little differently


@given(drawn)
def test_repeated_points_do_not_matter(strokes):
    repeated = [np.repeat(stroke, 3, axis=0) for stroke in strokes]
    assert np.array_equal(ink.picture(repeated), ink.picture(strokes))
    assert np.array_equal(ink.block_counts(repeated), ink.block_counts(strokes))


@WAYS
def test_nothing_drawn_is_an_empty_picture(draw):
    assert not draw([]).any()
    assert not draw([np.empty((0, 2))]).any()


def test_a_tap_is_a_round_dot_in_the_middle():
    picture = ink.picture([np.array([[300.0, 20.0]])])
    assert picture.max() == 255
    assert extent(picture).max() <= 5
    assert np.array_equal(picture, picture.T)
    assert centre_of_mass(picture) == pytest.approx([14, 14])
    assert np.array_equal(picture, ink.picture([np.full((9, 2), 5.0)]))


@pytest.mark.parametrize(("end", "expected"), [((0, 90), (4, 20)), ((90, 0), (20, 4))])
def test_straight_lines_fill_the_longer_side_only(end, expected):
    picture = ink.picture([np.array([[0, 0], end], float)])
    assert np.abs(extent(picture) - expected).max() <= 1


def test_a_lopsided_drawing_stays_inside_the_frame():
    scribble = np.array([[0, 0], [0, 30]] * 40 + [[400, 15]], float)
    picture = ink.picture([scribble])
    whole = ink.picture([scribble], size=80)
    assert picture.sum(dtype=int) == pytest.approx(
        whole.sum(dtype=int), rel=0.02
    )  # nothing cut off


@EVERY_DRAWING
def test_drawings_have_the_ink_of_mnist(drawing):
    """Of its test digits of the same class, between the 1st and the 99th percentile."""
    samples = catalogue.load("mnist")
    same = samples.test_inputs[samples.test_labels == drawing.digit]
    low, high = np.percentile(same.mean(axis=(1, 2, 3)), [1, 99])
    assert low < ink.picture(drawing.strokes).mean() < high


def test_strokes_are_as_wide_as_those_of_mnist():
    """Not the mean ink, which a tail of fat pens lifts: the width of the line."""
    real = stroke_widths(catalogue.load("mnist").test_inputs[:, 0])
    low, middle, high = np.percentile(real, [25, 50, 75])
    assert (low, middle, high) == pytest.approx((2.1, 2.5, 3.0), abs=0.1)
    drawn = stroke_widths(np.stack([ink.picture(each.strokes) for each in DRAWINGS]))
    assert np.median(drawn) == pytest.approx(middle, rel=0.1)
    assert low <= np.percentile(drawn, 25) <= np.percentile(drawn, 75) <= high


def test_ink_is_as_black_as_that_of_mnist():
    """The share of full black among all ink: how sharp the edge of a line is."""
    pictures = np.stack([ink.picture(each.strokes) for each in DRAWINGS])
    real = catalogue.load("mnist").test_inputs
    drawn_share, share = ((x >= 250).sum() / (x > 0).sum() for x in (pictures, real))
    assert drawn_share == pytest.approx(share, rel=0.1)


@pytest.mark.parametrize("place", [(96, 96), (3, 3)], ids=str)
@pytest.mark.parametrize("size", [0, 4])
@EVERY_DRAWING
@WAYS
def test_a_stray_tap_beside_the_drawing_changes_nothing(drawing, draw, size, place):
    tap = np.array(place) + size * np.array([[0, 0], [0.6, 1.0]])
    for strokes in ([*drawing.strokes, tap], [tap, *drawing.strokes]):
        assert np.array_equal(draw(strokes), draw(drawing.strokes))
    several = [*drawing.strokes, tap, tap[:1] - [0, 4], np.array([[50.0, 130.0]])]
    assert np.array_equal(draw(several), draw(drawing.strokes))


def test_small_strokes_that_belong_to_the_drawing_stay():
    on_it = [*SEVEN.strokes, np.array([[50.0, 50.0]])]
    assert len(ink._in_unit_square(on_it)) == len(on_it)
    with_a_bar = [*SEVEN.strokes, np.array([[80.0, 50.0], [92.0, 50.0]])]
    assert len(ink._in_unit_square(with_a_bar)) == len(with_a_bar)
    dots = [np.array([[float(x), 10.0]]) for x in range(0, 90, 30)]
    assert len(ink._in_unit_square([*dots, np.array([[0.0, 50.0], [4.0, 50.0]])])) == 4


def test_small_drawings_have_the_statistics_of_the_small_digits():
    counts = np.stack([ink.block_counts(each.strokes) for each in DRAWINGS])
    real = catalogue.load("digits-8x8").train_inputs[:, 0]
    assert counts.mean() == pytest.approx(real.mean(), rel=0.1)
    assert (counts == 0).mean() == pytest.approx((real == 0).mean(), abs=0.05)
    assert (
        counts[:, 0].any(axis=1).all()
    )  # they reach the upper and the lower edge, as all real ones do
    assert counts[:, 7].any(axis=1).all()


@pytest.mark.parametrize("dataset_id", ["mnist", "digits-8x8"])
@EVERY_DRAWING
def test_drawings_resemble_their_own_class_most(drawing, dataset_id):
    """Nearest neighbours by cosine among the training samples: no network, no weights."""
    samples, dataset = catalogue.load(dataset_id), catalogue.dataset(dataset_id)
    known = _unit(samples.train_inputs[:10_000])
    drawn = _unit(ink.input_for(dataset, drawing.strokes)[None])[0]
    nearest = np.argsort(known @ drawn)[-5:]
    votes = np.bincount(samples.train_labels[nearest], minlength=10)
    assert votes[drawing.digit] >= 2, votes


def _unit(inputs):
    flat = inputs.reshape(len(inputs), -1).astype(np.float32)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


@EVERY_DRAWING
@WAYS
def test_place_and_size_do_not_matter_for_digits(drawing, draw):
    for scale in (0.3, 1.7, 3.0):
        moved = [stroke * scale + [7.3, -41.9] for stroke in drawing.strokes]
        assert np.abs(draw(moved).astype(int) - draw(drawing.strokes)).max() <= 1


def test_slant_does_not_matter_for_small_digits():
    """NIST's programs made digits upright; the stretched pen leaves a little."""
    leaning = [stroke @ np.array([[1, 0], [-0.3, 1]]) for stroke in SEVEN.strokes]
    difference = ink.block_counts(leaning).astype(int) - ink.block_counts(SEVEN.strokes)
    assert np.abs(difference).max() <= 3


@WAYS
@pytest.mark.parametrize(("count", "limit_ms"), [(300, 20), (20_000, 400)])
def test_many_points_take_little_time(draw, count, limit_ms):
    """About 1 ms for 300 points on a quiet machine; the limit is for a busy one."""
    walk = np.random.default_rng(0).normal(size=(count, 2)).cumsum(axis=0)
    durations_ms = []
    for _ in range(5):
        start = time.perf_counter()
        draw([walk])
        durations_ms.append(1000 * (time.perf_counter() - start))
    assert min(durations_ms) < limit_ms


@pytest.mark.parametrize("dataset_id", ["mnist", "digits-8x8"])
def test_an_input_has_the_shape_and_range_of_its_dataset(dataset_id):
    dataset = catalogue.dataset(dataset_id)
    drawn = ink.input_for(dataset, SEVEN.strokes)
    assert (drawn.shape, drawn.dtype) == (dataset.shape.dims, np.uint8)
    assert drawn.max() == dataset.scale


def test_clothes_cannot_be_drawn():
    with pytest.raises(DatasetError, match="can't be drawn"):
        ink.input_for(catalogue.dataset("fashion-mnist"), SEVEN.strokes)
