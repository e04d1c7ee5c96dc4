"""Goes a run's last steps once more to find the block in which the loss left the numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from explorer.engine.build import Network
from explorer.engine.checkpoint import generator_states, set_generators
from explorer.engine.diagnosis import bad_gradients, bad_weights, examine, growth
from explorer.engine.failures import Origin
from explorer.engine.trail import Walked

if TYPE_CHECKING:
    from explorer.engine.train import Run

LONGEST_S = 10.0  # then it stays unknown


def where_it_began(run: Run, bad_step: int) -> Origin | None:
    """The origin of the loss of `bad_step`; None where going the steps again does not show it.

    It leaves network and optimiser at some step on the way: put good weights back afterwards. The
    random numbers and the scale of gradients stay as they are.
    """
    device = run.data.train.labels.device
    generators, scale = generator_states(device), run.careful.scale
    try:
        return _Search(run).origin(bad_step)
    except RuntimeError:  # too little memory to keep every value, say
        return None
    finally:
        set_generators(generators, device)
        run.careful.scale = scale
        run.optimiser.zero_grad()


class _Search:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._ends_s = time.perf_counter() + LONGEST_S

    def origin(self, bad_step: int) -> Origin | None:
        run, network = self._run, self._run.network
        if not isinstance(network, Network) or run.trail.at(bad_step) is None:
            return None
        spoiled = self._walk(bad_step, watch=run.careful.scaler is None)
        if spoiled is not None:  # the gradient went first: once more, up to before that step
            self._walk(spoiled, watch=False)
            bad_step = spoiled
        if time.perf_counter() > self._ends_s:
            return None
        found = bad_weights(network, run.rate)
        walked = run.trail.at(bad_step)
        return found or (self._examined(network, walked) if walked is not None else None)

    def _walk(self, to: int, watch: bool) -> int | None:
        """From the beginning up to before step `to`; the first step with a bad gradient."""
        run = self._run
        run.careful.scale = run.trail.go_back(run.network, run.optimiser)
        for walked in run.trail.until(to):
            if time.perf_counter() > self._ends_s:
                return None
            run.walk(walked)
            if watch and bad_gradients(run.network):
                return walked.step
        return None

    def _examined(self, network: Network, walked: Walked) -> Origin | None:
        run = self._run
        inputs = run.data.trained_on(walked.picked, run.training)
        labels = run.data.train.labels[walked.picked]
        grown = growth(network, run.good_weights)
        for x, y in run.careful.in_pieces(inputs, labels):
            found = examine(network, x, y, run.careful.cast(), grown)
            if found is not None:
                return found
        return None
