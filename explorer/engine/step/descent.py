"""Goes down the gradient batch by batch, however a step is computed: plain, compiled, in a team."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.engine.device.failures import EngineError
from explorer.engine.device.generators import generator_states, set_generators
from explorer.engine.device.team import Team
from explorer.engine.step.blame import Blamed, blamed
from explorer.engine.step.compiled import Compiled, Tell
from explorer.engine.step.data import Data
from explorer.engine.step.step import CarefulStep, optimiser_of, set_dropout, set_rate, train_step
from explorer.engine.step.trail import Walked
from explorer.graph.document import Training


class Descent:
    """A network, its optimiser and the samples that they learn from."""

    def __init__(
        self, network: nn.Module, data: Data, training: Training, team: Team | None, tell: Tell
    ) -> None:
        self.network = network
        self.optimiser = optimiser_of(network, training)
        self.careful = CarefulStep(training, data.train.labels.device)
        self._data = data
        self._training = training
        self._team = team
        self._forward = network if team is None else team.wrapped(network)
        self._compiled = self._to_compile(tell) if training.compile else None

    @property
    def device(self) -> torch.device:
        """Where the samples are."""
        return self._data.train.labels.device

    def ready(self) -> bool:
        """Whether a step can be computed; waits a moment for the compiler where it can't."""
        return self._compiled is None or self._compiled.ready()

    def walk(self, walked: Walked) -> Tensor:
        """A step with these samples and settings; loss and hits of the batch, (2,)."""
        set_rate(self.optimiser, walked.rate, walked.weight_decay)
        picked, team = walked.picked, self._team
        if team is None:
            return self._alone(*self.samples(picked))
        own = team.share(picked)
        weight = team.weight(len(own), len(picked))
        told = self.careful(self._forward, self.optimiser, *self.samples(own), weight)
        return team.total(told, weight)

    def blamed(self, error: Exception, picked: Tensor) -> Blamed:
        """Which block made the step with these samples fail; random numbers stay as they were."""
        own = picked if self._team is None else self._team.share(picked)
        generators = generator_states(self.device)
        try:
            return blamed(error, self.network, *self.samples(own), self.careful.cast())
        finally:
            set_generators(generators, self.device)

    def samples(self, picked: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs as they are trained on, and labels."""
        inputs = self._data.trained_on(picked, self._training)
        return inputs, self._data.train.labels[picked]

    def _alone(self, inputs: Tensor, labels: Tensor) -> Tensor:
        try:
            return self._stepped(inputs, labels)
        except Exception as error:
            if self._compiled is None or not self._compiled.gave_up(error):
                raise
            return self._stepped(inputs, labels)

    def _stepped(self, inputs: Tensor, labels: Tensor) -> Tensor:
        forward = self._compiled or self._forward
        if self.careful.needed:
            return self.careful(forward, self.optimiser, inputs, labels)
        return train_step(forward, self.optimiser, inputs, labels)

    def _to_compile(self, tell: Tell) -> Compiled | None:
        """The network, to be compiled for whole batches; several processes train without."""
        if self._team is not None:
            told = "The network is trained without torch.compile: several processes train it."
            tell("failed", told, "")
            return None

        def sample() -> tuple[Tensor, Tensor]:
            batch = min(self._training.batch, len(self._data.train))
            piece = -(-batch // self.careful.pieces_of(batch))
            raw, labels = self._data.train.inputs[:piece], self._data.train.labels[:piece]
            return self._data.normalised(raw), labels

        return Compiled(self.network, sample, self.careful.cast, tell)

    def set_dropout(self, node: str, p: float) -> None:
        """Probability with which a node drops values; EngineError where it drops none."""
        if not 0.0 <= p < 1.0:
            raise EngineError(f"Dropout is a probability from 0 to below 1, not {p:g}.")
        layer = dict(self.network.named_children()).get(node)
        if layer is None or not set_dropout(layer, p):
            raise EngineError(f"{node[:80]} has no dropout.")
        self._renew()

    def set_pieces(self, pieces: int) -> None:
        """In how many a batch is computed."""
        self.careful.pieces = pieces
        self._renew()

    def _renew(self) -> None:
        if self._compiled is not None:
            self._compiled.renew()
