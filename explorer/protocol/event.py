"""What every event is, and how it combines with an unread older one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Event:
    """Kept in order, each one, unless a subclass says otherwise.

    `run` is the run's number, 0 where there is none. Events with equal `replaces()` (other than
    None) replace an unread older one; those with equal `merges()` are joined with `merged_with`.
    """

    run: int

    def replaces(self) -> Hashable | None:
        """Key of the unread event that this one makes worthless."""
        return None

    def merges(self) -> Hashable | None:
        """Key of the unread event that this one continues."""
        return None

    def merged_with(self, older: Self) -> Self:
        """Older and this one, as one."""
        raise TypeError(f"{type(self).__name__} is never merged")
