"""The program's colour maps: told apart in grey, neutral in the middle, in either scheme."""

import numpy as np
import pytest

from explorer.ui.kit.colour_maps import NO_NUMBER, Scale, table
from explorer.ui.kit.theme import DARK, LIGHT


def lightness(colours):
    """Rec. 709, of sRGB values: enough to compare colours of one map."""
    return colours @ np.array([0.2126, 0.7152, 0.0722])


def test_an_amount_grows_lighter():
    light = lightness(table("amount"))
    assert (np.diff(light) > -0.3).all()  # whole numbers of 256
    assert light[-1] - light[0] > 180
    assert (table("amount", dark=True) == table("amount")).all()


@pytest.mark.parametrize("dark", [False, True])
def test_signed_values_leave_the_ground_in_both_directions(dark):
    light = lightness(table("signed", dark)) * (1 if dark else -1)
    middle = len(light) // 2
    assert (np.diff(light[: middle - 1]) <= 0.5).all()
    assert (np.diff(light[middle + 1 :]) >= -0.5).all()
    low, high = table("signed", dark)[20].astype(int), table("signed", dark)[235].astype(int)
    assert low[2] > low[0]
    assert high[0] > high[2]


@pytest.mark.parametrize(("dark", "scheme"), [(False, LIGHT), (True, DARK)])
def test_zero_is_as_the_ground_is(dark, scheme):
    """In the dark scheme too: a field of zeros is no lamp."""
    ground = np.array([int(scheme.raised[k : k + 2], 16) for k in (1, 3, 5)])
    zero = table("signed", dark)[127:129].mean(0)
    assert abs(lightness(zero) - lightness(ground)) < 20
    assert zero.max() - zero.min() < 20


@pytest.mark.parametrize("dark", [False, True])
def test_pixels_are_of_the_table(dark):
    values = np.array([[-2.0, 0.0, 2.0, np.nan]], np.float32)
    pixels = Scale.of(values, "signed").pixels(values, dark)[0]
    rgb = [tuple(int(p) >> shift & 255 for shift in (16, 8, 0)) for p in pixels]
    assert rgb[0] == tuple(table("signed", dark)[0])
    assert rgb[2] == tuple(table("signed", dark)[255])
    assert rgb[1] in {tuple(table("signed", dark)[k]) for k in (127, 128)}
    assert int(pixels[3]) == NO_NUMBER
