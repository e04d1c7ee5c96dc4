"""The learning rate over a run: as set for its first two thirds, then evenly towards 0."""

FALLING = 1 / 3  # of the run, its end


def rate_at(rate: float, step: int, total_steps: int) -> float:
    """The rate of a step (counted from 1) of a run of so many steps, where `rate` was set."""
    left = (total_steps - step + 1) / total_steps
    return rate * min(1.0, left / FALLING)
