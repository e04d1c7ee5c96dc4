"""What a sweep reads from the end of an epoch."""

from __future__ import annotations

from explorer.plan.sweep import Measure
from explorer.protocol.events import EpochDone


def scores_of(epoch: EpochDone) -> dict[Measure, float]:
    """By what trials are compared, on all test samples."""
    return {"test accuracy": epoch.test_accuracy, "test loss": epoch.test_loss}
