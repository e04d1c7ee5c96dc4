"""Goes a run's last steps once more to find the block in which the loss left the numbers."""

from __future__ import annotations

import time

from explorer.engine.build import Network
from explorer.engine.checkpoint import generator_states, set_generators
from explorer.engine.descent import Descent
from explorer.engine.diagnosis import bad_gradients, bad_weights, examine, growth
from explorer.engine.failures import Origin
from explorer.engine.last_good import LastGood
from explorer.engine.trail import Walked

LONGEST_S = 10.0  # then it stays unknown


def where_it_began(descent: Descent, good: LastGood, rate: float, bad_step: int) -> Origin | None:
    """The origin of the loss of `bad_step`; None where going the steps again does not show it.

    It leaves network and optimiser at some step on the way: put good weights back afterwards. The
    random numbers and the scale of gradients stay as they are.
    """
    generators, scale = generator_states(descent.device), descent.careful.scale
    try:
        return _Search(descent, good, rate).origin(bad_step)
    except RuntimeError:  # too little memory to keep every value, say
        return None
    finally:
        set_generators(generators, descent.device)
        descent.careful.scale = scale
        descent.optimiser.zero_grad()


class _Search:
    def __init__(self, descent: Descent, good: LastGood, rate: float) -> None:
        self._descent = descent
        self._good = good
        self._rate = rate
        self._ends_s = time.perf_counter() + LONGEST_S

    def origin(self, bad_step: int) -> Origin | None:
        network, trail = self._descent.network, self._good.trail
        if not isinstance(network, Network) or trail.at(bad_step) is None:
            return None
        spoiled = self._walk(bad_step, watch=self._descent.careful.scaler is None)
        if spoiled is not None:  # the gradient went first: once more, up to before that step
            self._walk(spoiled, watch=False)
            bad_step = spoiled
        if time.perf_counter() > self._ends_s:
            return None
        found = bad_weights(network, self._rate)
        walked = trail.at(bad_step)
        return found or (self._examined(network, walked) if walked is not None else None)

    def _walk(self, to: int, watch: bool) -> int | None:
        """From the beginning up to before step `to`; the first step with a bad gradient."""
        descent, trail = self._descent, self._good.trail
        descent.careful.scale = trail.go_back(descent.network, descent.optimiser)
        for walked in trail.until(to):
            if time.perf_counter() > self._ends_s:
                return None
            descent.walk(walked)
            if watch and bad_gradients(descent.network):
                return walked.step
        return None

    def _examined(self, network: Network, walked: Walked) -> Origin | None:
        careful = self._descent.careful
        inputs, labels = self._descent.samples(walked.picked)
        grown = growth(network, self._good.weights)
        for x, y in careful.in_pieces(inputs, labels):
            found = examine(network, x, y, careful.cast(), grown)
            if found is not None:
                return found
        return None
