"""The thick curve: a straight line through the values around, which neither lags nor leads."""

import numpy as np
import pytest

from explorer.records.smoothing import smoothed


def by_hand(values, window):
    """numpy's own fit at each place."""
    found = []
    for k in range(len(values)):
        near = np.arange(max(0, k - (window - 1) // 2), min(len(values), k + window // 2 + 1))
        near = near[np.isfinite(values[near])]
        if not len(near):
            found.append(np.nan)
        elif len(near) == 1:
            found.append(values[near[0]])
        else:
            found.append(np.polyval(np.polyfit(near - k, values[near], 1), 0))
    known = values[np.isfinite(values)]
    return np.clip(found, known.min(), known.max())


@pytest.mark.parametrize("window", [2, 5, 20, 51, 1000])
@pytest.mark.parametrize("holes", [(), (17,), tuple(range(60, 90)), (0, 1, 2, 199)])
def test_it_is_the_line_of_least_squares(window, holes):
    values = np.random.default_rng(2).random(200)
    values[list(holes)] = np.nan
    np.testing.assert_allclose(smoothed(values, window), by_hand(values, window), atol=1e-9)


@pytest.mark.parametrize("window", [5, 20, 100, 500])
def test_a_straight_rise_is_left_as_it_is(window):
    """Its ends too: a mean of the last values would be half a window late."""
    rise = np.linspace(10, 80, 400)
    np.testing.assert_allclose(smoothed(rise, window), rise, rtol=1e-9)


def test_the_last_value_of_a_fast_rise_is_near_what_was_measured():
    accuracy = np.concatenate([np.full(5, 10.0), np.linspace(10, 80, 20)])
    assert smoothed(accuracy, 20)[-1] == pytest.approx(80, abs=3)


def test_never_outside_of_the_values():
    values = np.concatenate([np.zeros(30), np.ones(5)])
    found = smoothed(values, 20)
    assert found.min() >= 0
    assert found.max() <= 1


def test_long_curves_lose_no_digits():
    values = np.random.default_rng(4).random(1_000_000)
    found = smoothed(values, 20)
    near = np.s_[999_900:999_950]
    np.testing.assert_allclose(found[near], by_hand(values[999_800:], 20)[100:150], atol=1e-6)


@pytest.mark.parametrize("values", [[], [2.0], [np.nan], [np.inf, np.nan, 1.0]])
def test_few_values_or_none(values):
    found = smoothed(np.array(values, np.float32), 20)
    assert len(found) == len(values)
    assert all(np.isfinite(found)) == any(np.isfinite(values)) or not len(values)


def test_a_window_of_one_is_the_values():
    values = np.array([3.0, np.nan, 1.0])
    np.testing.assert_array_equal(smoothed(values, 1), values)
