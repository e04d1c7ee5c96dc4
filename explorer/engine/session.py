"""One network, its data and its training: what the engine's loop and the command line steer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from explorer.datasets import catalogue
from explorer.engine import device as devices
from explorer.engine.build import Network, initial_network
from explorer.engine.data import Data, data_on
from explorer.engine.evaluate import probabilities, score
from explorer.engine.failures import EngineError
from explorer.engine.observe import Moment, observe
from explorer.engine.train import Beat, Run
from explorer.engine.weights import load_weights, save_weights
from explorer.plan.plan import Plan
from explorer.protocol.commands import ExportFormat, Picture, Watch
from explorer.protocol.events import Event, Exported, Failed, Floats, Started

EXPORT_TOLERANCE = 1e-4


class TrainingError(EngineError):
    """A training that could not go on; its text is that of the Failed event."""


class Session:
    """Holds the network of one plan; raises EngineError where something can't be done as asked."""

    def __init__(self, plan: Plan, device: str | None = None) -> None:
        if not plan.ready or plan.dataset is None:
            reason = plan.problems[0].message if plan.problems else "There is no way to an Output."
            raise EngineError(f"The network can't be built yet. {reason}")
        self.plan = plan
        self.device = devices.chosen_device(device)
        self.run: Run | None = None
        self._dataset = plan.dataset
        self._loaded_step = 0
        devices.set_precision(self.device)
        self.network = self._initial()

    def _initial(self) -> Network:
        network = initial_network(self.plan)
        return devices.placed(network, self.device)

    @cached_property
    def data(self) -> Data:
        """The dataset on the device; the first use loads it."""
        return data_on(self._dataset, self.device)

    @property
    def step(self) -> int:
        """Training steps behind the present weights."""
        return self.run.step if self.run else self._loaded_step

    @property
    def moment(self) -> Moment:
        """The run's number (0: none) and the step."""
        return Moment(self.run.number if self.run else 0, self.step)

    def begin(self, run: int, on_event: Callable[[Event], None]) -> Run:
        """A run from the initial weights of the plan's seed: the very same each time."""
        training = self.plan.document.training
        network = self._initial()
        if not any(each.requires_grad for each in network.parameters()):
            raise EngineError(
                "The network has no weights to train. Add a layer that learns: Linear or Conv2d."
            )
        data = self.data
        torch.set_num_threads(self._threads)
        self.run = Run(run, network, data, training, on_event)
        self.network, self._loaded_step = network, 0
        steps, total = self.run.steps_per_epoch, self.run.total_steps
        name = devices.device_name(self.device)
        on_event(Started(run, steps, total, torch.get_num_threads(), name))
        return self.run

    @cached_property
    def _threads(self) -> int:
        """Measured once: another number would give other last digits after Rewind."""
        batch = self.plan.document.training.batch
        inputs = self.data.normalised(self.data.train.inputs[:batch])
        return devices.choose_threads(self._initial(), inputs, self.data.train.labels[:batch])

    def train(
        self,
        run: int = 1,
        on_event: Callable[[Event], None] = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
        steps: int | None = None,
    ) -> bool:
        """Train from the initial weights, to the end or for `steps`; False if `should_stop` did.

        Raises TrainingError, after the Failed event, where it can't go on.
        """
        reasons: list[str] = []

        def listen(event: Event) -> None:
            if isinstance(event, Failed):
                reasons.append(event.message)
            on_event(event)

        training = self.begin(run, listen)
        while steps is None or training.step < steps:
            if should_stop():
                training.tell()
                return False
            beat = training.advance()
            if beat is None:
                break
            if beat is Beat.FAULT:
                raise TrainingError(reasons[-1])
        if not training.tell():
            raise TrainingError(reasons[-1])
        training.tell_progress()
        return True

    def evaluate(self) -> tuple[float, float]:
        """Loss (nats) and accuracy (0..1) on all test samples."""
        result = score(self.network, self.data, self.data.test)
        return result.loss, result.accuracy

    def predict(self, picture: Picture) -> Floats:
        """Class probabilities (classes,) of a raw picture."""
        return probabilities(self.network, self.data.picture(np.ascontiguousarray(picture)))

    def observe(self, watch: Watch) -> list[Event]:
        """What the network does with the watched sample."""
        return observe(self.network, self.plan, self.data, watch, self.moment)

    def save(self, path: Path) -> None:
        """Write the weights as .safetensors."""
        save_weights(Path(path), self.network, self.plan, self.step)

    def load(self, path: Path) -> None:
        """Fill the network from a .safetensors file; ends the run. WeightsError: no change."""
        step = load_weights(Path(path), self.network).step
        self.run, self._loaded_step = None, step

    def export(
        self, request: int, form: ExportFormat, path: Path, report: Callable[[str], None]
    ) -> Exported:
        """Write the network for others and check the files against it."""
        from explorer.engine.export.run import export  # its libraries load slowly

        forked = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(forked):  # the training's random numbers are not touched
            files, samples, difference = export(
                self._portable(), self.plan, catalogue.load(self._dataset.id), form, path, report
            )
        passed = difference <= EXPORT_TOLERANCE
        number = self.moment.run
        return Exported(number, request, form, files, samples, difference, passed)

    def _portable(self) -> Network:
        """A copy as it answers: on the CPU, plain layout."""
        network = copy.deepcopy(self.network).cpu().eval()
        return devices.laid_out(network, torch.contiguous_format)
