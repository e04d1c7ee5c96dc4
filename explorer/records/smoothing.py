"""The mean of the last steps: what a noisy curve does on the whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.protocol.events import Floats


def running_mean(values: Floats, window: int) -> NDArray[np.float64]:
    """Mean of each value and the `window - 1` before it (fewer at the start) without NaN."""
    if window <= 1 or not len(values):
        return values.astype(np.float64)
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0.0), dtype=np.float64)
    counts = np.cumsum(known, dtype=np.float64)
    sums[window:], counts[window:] = (
        sums[window:] - sums[:-window],
        counts[window:] - counts[:-window],
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)
