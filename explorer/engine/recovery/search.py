"""Goes a run's last steps once more to find the block in which the loss left the numbers."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from explorer.engine.device.failures import Origin
from explorer.engine.device.generators import generator_states, set_generators
from explorer.engine.device.team import Team
from explorer.engine.network.build import Network
from explorer.engine.recovery.diagnosis import bad_gradients, bad_weights, examine, growth
from explorer.engine.recovery.last_good import LastGood
from explorer.engine.step.descent import Descent
from explorer.engine.step.trail import Walked

LONGEST_S = 10.0  # then it stays unknown


def where_it_began(
    descent: Descent, good: LastGood, rate: float, bad_step: int, team: Team | None = None
) -> Origin | None:
    """The origin of the loss of `bad_step`; None where going the steps again does not show it.

    It leaves network and optimiser at some step on the way: put good weights back afterwards. The
    random numbers and the scale of gradients stay as they are. In a team all search at the same
    time, each in its own samples, and all get the answer of the first that has one.
    """
    generators, scale = generator_states(descent.device), descent.careful.scale
    try:
        return _Search(descent, good, rate, team).origin(bad_step)
    except RuntimeError:  # too little memory for the steps, say
        return None
    finally:
        set_generators(generators, descent.device)
        descent.careful.scale = scale
        descent.optimiser.zero_grad()


class _Search:
    def __init__(self, descent: Descent, good: LastGood, rate: float, team: Team | None) -> None:
        self._descent = descent
        self._good = good
        self._rate = rate
        self._team = team
        self._ends_s = time.perf_counter() + LONGEST_S

    def origin(self, bad_step: int) -> Origin | None:
        network, trail = self._descent.network, self._good.trail
        if not isinstance(network, Network) or trail.at(bad_step) is None:
            return None
        spoiled = self._walk(bad_step, watch=self._descent.careful.scaler is None)
        if spoiled is not None:  # the gradient went first: once more, up to before that step
            self._walk(spoiled, watch=False)
            bad_step = spoiled
        if self._late():
            return None
        found = bad_weights(network, self._rate)
        walked = trail.at(bad_step)
        if found is None and walked is not None:
            found = self._examined(network, walked)
        return found if self._team is None else _first(found, self._team)

    def _late(self) -> bool:
        late = time.perf_counter() > self._ends_s
        return late if self._team is None else self._team.any(late)

    def _walk(self, to: int, watch: bool) -> int | None:
        """From the beginning up to before step `to`; the first step with a bad gradient."""
        descent, trail = self._descent, self._good.trail
        descent.careful.scale = trail.go_back(descent.network, descent.optimiser)
        for walked in trail.until(to):
            if self._late():
                return None
            descent.walk(walked)
            if watch and bad_gradients(descent.network):
                return walked.step
        return None

    def _examined(self, network: Network, walked: Walked) -> Origin | None:
        careful, picked = self._descent.careful, walked.picked
        own = picked if self._team is None else self._team.share(picked)
        inputs, labels = self._descent.samples(own)
        grown = growth(network, self._good.weights)
        try:
            for x, y in careful.in_pieces(inputs, labels):
                found = examine(network, x, y, careful.cast(), grown)
                if found is not None:
                    return found
        except RuntimeError:  # too little memory to keep every value, say; others have an answer
            return None
        return None


def _first(found: Origin | None, team: Team) -> Origin | None:
    """What the first process that found something says."""
    told = team.first("" if found is None else json.dumps(asdict(found)))
    return Origin(**json.loads(told)) if told else None
