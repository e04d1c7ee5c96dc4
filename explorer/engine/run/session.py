"""One network, its data and its training: what the engine's loop and the command line steer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from explorer.engine.checkpoints.checkpoint import (
    Checkpoint,
    CheckpointError,
    Written,
    difference,
    write,
)
from explorer.engine.checkpoints.checkpoint_keeper import Keeper, clear
from explorer.engine.checkpoints.weights import load_weights, save_weights
from explorer.engine.device import device as devices
from explorer.engine.device.failures import EngineError
from explorer.engine.device.generators import generator_states, set_generators
from explorer.engine.device.offers import chosen_device
from explorer.engine.device.team import TOGETHER_STEPS, Team
from explorer.engine.inside.observe import Moment, observe
from explorer.engine.network.build import Network, initial_network
from explorer.engine.network.unused import unused_weights, warning_of
from explorer.engine.run.resume import checkpoint_of, put_at
from explorer.engine.run.train import Run
from explorer.engine.step.beat import Beat
from explorer.engine.step.compiled import quiet
from explorer.engine.step.data import Data, checksum, data_on
from explorer.engine.step.evaluate import probabilities, score
from explorer.graph.edits import set_training
from explorer.plan.memory import memory_of
from explorer.plan.plan import Plan, plan
from explorer.protocol.commands import ExportFormat, Picture, Watch
from explorer.protocol.events import Event, Exported, Failed, Floats, SettingChanged, Started

EXPORT_TOLERANCE = 1e-4


class TrainingError(EngineError):
    """A training that could not go on; its text is that of the Failed event."""


def session_of(
    checkpoint: Checkpoint,
    shown: Plan | None = None,
    device: str | None = None,
    team: Team | None = None,
) -> Session:
    """A session for the checkpoint's document; CheckpointError: `shown` is another network."""
    if shown is not None and (other := difference(checkpoint.document, shown.document)):
        raise CheckpointError(
            f"The checkpoint belongs to another network: {other}. "
            "Open the document that it was trained from."
        )
    return Session(plan(checkpoint.document), device, team)


class Session:
    """Holds the network of one plan; raises EngineError where something can't be done as asked."""

    def __init__(self, plan: Plan, device: str | None = None, team: Team | None = None) -> None:
        if not plan.ready or plan.dataset is None:
            reason = plan.problems[0].message if plan.problems else "There is no way to an Output."
            raise EngineError(f"The network can't be built yet. {reason}")
        self.plan = plan
        self.device = chosen_device(device) if team is None else team.device
        self._team = team
        self.run: Run | None = None
        self._dataset = plan.dataset
        self._loaded_step = 0
        self._check_device()
        devices.set_precision(self.device)
        self.network = self._initial()

    def _initial(self) -> Network:
        quiet()
        network = initial_network(self.plan).to(self._dtype)
        return devices.placed(network, self.device)

    def _check_device(self) -> None:
        if self.device.type == "mps" and self._dtype is torch.float64:
            raise EngineError(
                "Apple's GPU has no float64. Choose another precision, or the CPU as the device."
            )

    @property
    def _dtype(self) -> torch.dtype:
        """Of the weights: mixed precision keeps them in float32."""
        double = self.plan.document.training.precision == "float64"
        return torch.float64 if double else torch.float32

    @cached_property
    def data(self) -> Data:
        """The dataset on the device; the first use loads it."""
        return data_on(self._dataset, self.device, self._dtype)

    @property
    def step(self) -> int:
        """Training steps behind the present weights."""
        return self.run.step if self.run else self._loaded_step

    @property
    def moment(self) -> Moment:
        """The run's number (0: none), the step, the document."""
        return Moment(self.run.number if self.run else 0, self.step, self.plan.document)

    def takes(self, sample: int | Picture, dataset: str) -> bool:
        """Whether such a sample of this dataset is one for the network; "": of any."""
        fits = isinstance(sample, int) or sample.shape == self._dataset.shape.dims
        return not dataset or (dataset == self._dataset.id and fits)

    def begin(self, run: int, on_event: Callable[[Event], None], folder: Path | None = None) -> Run:
        """A run from the initial weights of the plan's seed: the very same each time.

        `folder`: where its checkpoints go; those of a run before it are removed.
        """
        network = self._initial()
        if folder is not None and (self._team is None or self._team.leads):
            clear(folder)
        begun = self._run_of(run, network, on_event, folder)
        torch.set_num_threads(self._threads)
        self._take_over(begun, network, on_event)
        return begun

    def resume(
        self,
        checkpoint: Checkpoint,
        run: int,
        on_event: Callable[[Event], None],
        folder: Path | None = None,
        epochs: int | None = None,
    ) -> Run:
        """A run that goes on exactly where the checkpoint was taken; `epochs`: its new length.

        Bit for bit on the CPU with as many threads as before, which are set unless the user has
        set a number. CheckpointError: nothing was changed.
        """
        before = generator_states(self.device)
        network = self._initial()
        try:
            begun = self._run_of(run, network, on_event, folder)
            put_at(begun, checkpoint)
            length = begun.training.epochs
            if epochs is not None and epochs != length:
                begun.set_length(epochs)
        except Exception:
            set_generators(before, self.device)
            raise
        if self.device.type == "cpu" and "OMP_NUM_THREADS" not in os.environ:
            torch.set_num_threads(checkpoint.facts.threads)
        self._take_over(begun, network, on_event)
        if begun.training.epochs != length:
            on_event(SettingChanged(run, begun.step, "epochs", begun.training.epochs))
        return begun

    def _run_of(
        self, run: int, network: Network, on_event: Callable[[Event], None], folder: Path | None
    ) -> Run:
        if not any(each.requires_grad for each in network.parameters()):
            raise EngineError(
                "The network has no weights to train. Add a layer that learns: Linear or Conv2d."
            )
        training, team = self.plan.document.training, self._team
        if team is not None and training.batch < 2 * team.size:
            raise EngineError(
                f"A batch of {training.batch} is too small for {team.size} processes. "
                f"Set batch to {2 * team.size} or more."
            )
        begun = Run(run, network, self.data, training, on_event, team)
        begun.memory = memory_of(self.plan)
        if folder is not None and (team is None or team.leads):
            self.keep_in(folder, begun, on_event)
        return begun

    def accumulate(self, run: Run, pieces: int) -> None:
        """Compute batches in so many pieces, also after Rewind and in checkpoints."""
        run.change_accumulate(pieces)
        changed = set_training(self.plan.document, {"accumulate": pieces})
        self.plan = replace(self.plan, document=changed)

    def keep_in(self, folder: Path, run: Run, on_event: Callable[[Event], None]) -> None:
        """From now on the run's checkpoints go into this folder."""
        run.keeper = Keeper(folder, run.number, lambda: self.checkpoint_of(run), on_event)

    def _warn_of_unused(self, run: Run, on_event: Callable[[Event], None]) -> None:
        """Once, before the first step."""
        few = self.data.train.inputs[: min(2, run.training.batch)]
        names = unused_weights(self.network, self.data.normalised(few))
        if warned := warning_of(run.number, self.network, names):
            on_event(warned)

    def _take_over(self, begun: Run, network: Network, on_event: Callable[[Event], None]) -> None:
        self.run, self.network, self._loaded_step = begun, network, 0
        on_event(
            Started(
                begun.number,
                begun.steps_per_epoch,
                begun.total_steps,
                torch.get_num_threads(),
                self._device_name,
                begun.step,
                checksum(self._dataset),
                begun.rate,
            )
        )
        self._warn_of_unused(begun, on_event)

    @property
    def _device_name(self) -> str:
        name = devices.device_name(self.device)
        return name if self._team is None else f"{self._team.size} processes on {name}"

    def checkpoint_of(self, run: Run) -> Checkpoint:
        """The run as it is between two beats; every loss must have been told."""
        return checkpoint_of(run, self.plan.document)

    def save_checkpoint(self, path: Path) -> Written:
        """Write the run's whole state."""
        if self.run is None or not self.run.tell():
            raise EngineError("There is no run whose state could be saved.")
        return write(Path(path), self.checkpoint_of(self.run))

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
        folder: Path | None = None,
        checkpoint: Checkpoint | None = None,
        epochs: int | None = None,
    ) -> bool:
        """Train from the initial weights, or on from a checkpoint, to the end or up to step
        `steps`; False if `should_stop` did. `epochs`: the length of a run that goes on.

        Raises TrainingError, after the Failed event, where it can't go on.
        """
        reasons: list[str] = []

        def listen(event: Event) -> None:
            if isinstance(event, Failed) and event.doing == "training":
                reasons.append(event.message)
            on_event(event)

        if checkpoint is None:
            training = self.begin(run, listen, folder)
        else:
            training = self.resume(checkpoint, run, listen, folder, epochs)
        while steps is None or training.step < steps:
            if self._asked(should_stop, training.step):
                if training.tell():
                    training.save()
                training.tell_best()
                return False
            beat = training.advance()
            if beat is None:
                break
            if beat is Beat.FAULT:
                raise TrainingError(reasons[-1])
        if not training.tell():
            raise TrainingError(reasons[-1])
        training.save()
        if not training.over:  # it ends before its last epoch
            training.tell_best()
        training.tell_progress()
        return True

    def _asked(self, should_stop: Callable[[], bool], step: int) -> bool:
        """In a team all stop at the same step, whoever was asked."""
        if self._team is None:
            return should_stop()
        return step % TOGETHER_STEPS == 0 and self._team.any(should_stop())

    def evaluate(self) -> tuple[float, float]:
        """Loss (nats) and accuracy (0..1) on all test samples."""
        result = score(self.network, self.data, self.data.test)
        return result.loss, result.accuracy

    @property
    def known_accuracy(self) -> float | None:
        """Of the present weights on the test samples (0..1), where it was measured already."""
        measured = self.run.measured if self.run is not None else None
        return measured[1] if measured is not None and measured[0] == self.step else None

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
        from explorer.engine.run.exporting import exported  # its libraries load slowly

        return exported(self, request, form, path, report)
