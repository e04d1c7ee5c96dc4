"""A run's last state that is known to be good: what a loss that is no number puts back."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from explorer.engine.device.team import Team
from explorer.engine.step.descent import Descent
from explorer.engine.step.trail import State, Trail, put_back, state_of


class LastGood:
    """Weights and optimiser as they were then. The trail begins there, or at a later state."""

    def __init__(self, descent: Descent, team: Team | None = None) -> None:
        self._descent = descent
        self._team = team
        self.trail = Trail(descent.device)
        self.keep(0)

    @property
    def weights(self) -> Mapping[str, Tensor]:
        """Of the network."""
        weights, _ = self._state
        return weights

    def keep(self, step: int) -> None:
        """The present state, which is that after `step`, is good."""
        self.step, self._state = step, self._present()
        self._begin_trail()

    def put_back(self) -> None:
        """Make it the present state; data order and step count go on."""
        put_back(self._state, self._descent.network, self._descent.optimiser)
        self._begin_trail()

    def renew_trail(self) -> None:
        """Let the trail begin at the present state, where that is due: in a team for all."""
        due = self.trail.due
        if due if self._team is None else self._team.any(due):
            self.trail.begin(self._present, self._descent.careful.scale)

    def _present(self) -> State:
        return state_of(self._descent.network, self._descent.optimiser)

    def _begin_trail(self) -> None:
        good = self._state
        self.trail.begin(lambda: good, self._descent.careful.scale)
