"""The confusion matrix of a report: counts, shades, recall and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.plan.amounts import percent, times
from explorer.records.record import RunCurves
from explorer.records.report_parts import NONE, per_cent

WORST = 6  # confusions told in words


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of the confusion matrix. `shade`: how strongly it is tinted, 0 to 1."""

    count: int
    shade: str
    right: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A true class: what the network took its samples for."""

    name: str
    cells: tuple[Cell, ...]
    recall: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The confusion matrix after an epoch."""

    epoch: int
    names: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    precision: tuple[str, ...]
    right: int
    total: int
    worst: tuple[str, ...]  # the most frequent confusions, in words

    @property
    def accuracy(self) -> str:
        """Of all samples."""
        return per_cent(self.right / self.total) if self.total else NONE


def matrix(curves: RunCurves, classes: Sequence[str]) -> Matrix | None:
    """Of the last whole epoch; `classes` name them where there are as many."""
    if not curves.epochs:
        return None
    last = curves.epochs[-1]
    counts = last.confusion
    size = len(counts)
    names = tuple(classes) if len(classes) == size else tuple(str(k) for k in range(size))
    of_truth, of_answer = counts.sum(axis=1), counts.sum(axis=0)
    return Matrix(
        last.epoch,
        names,
        tuple(
            MatrixRow(
                names[k],
                tuple(_cell(int(counts[k, j]), int(of_truth[k]), k == j) for j in range(size)),
                _share(int(counts[k, k]), int(of_truth[k])),
            )
            for k in range(size)
        ),
        tuple(_share(int(counts[k, k]), int(of_answer[k])) for k in range(size)),
        int(np.trace(counts)),
        int(counts.sum()),
        _worst(counts, names),
    )


def _cell(count: int, of: int, right: bool) -> Cell:
    share = count / of if of else 0.0
    # Square roots: among many right answers a few wrong ones must be seen.
    return Cell(count, f"{0.45 * share if right else min(0.75, 1.5 * share**0.5):.3f}", right)


def _share(count: int, of: int) -> str:
    return percent(count / of) if of else NONE


def _worst(counts: NDArray[np.int64], names: Sequence[str]) -> tuple[str, ...]:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:WORST]
    cells = [divmod(int(k), len(counts)) for k in order]
    return tuple(
        f"{names[t]} read as {names[a]}: {times(int(wrong[t, a]))}" for t, a in cells if wrong[t, a]
    )
