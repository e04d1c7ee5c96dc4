"""One training, written to be read: a step, an epoch, a run from the initial weights to the end."""

from __future__ import annotations

import copy
import math
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from enum import Enum, auto
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.curves import Curves
from explorer.engine.data import Data, Samples
from explorer.engine.evaluate import Score, evaluation
from explorer.engine.failures import in_words, not_finite
from explorer.graph.document import Training
from explorer.protocol.events import EpochDone, Event, Failed, HeldOut, Progress

HELD_OUT_STEPS = 100
HELD_OUT_S = 2.0
HELD_OUT_SHARE = 0.01  # of the time, at most
PROGRESS_S = 0.2
FALLING = 1 / 3  # of the run, its end

OPTIMISERS: Mapping[str, tuple[Callable[..., torch.optim.Optimizer], Mapping[str, Any]]] = {
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "sgd": (torch.optim.SGD, {"momentum": 0.9}),
}


class Beat(Enum):
    """What was done since control was given back the last time."""

    STEP = auto()  # one training step
    EVALUATION = auto()  # a piece of an evaluation
    FAULT = auto()  # a Failed event went out; the run should be held


class Run:
    """One training of one network: its optimiser, the order of its data, its place in it.

    `advance` does one beat. The same seed gives the same weights after the same number of steps,
    whatever else the engine is asked for between two beats.
    """

    def __init__(
        self,
        number: int,
        network: nn.Module,
        data: Data,
        training: Training,
        emit: Callable[[Event], None],
    ) -> None:
        self.number = number
        self.network = network
        self.data = data
        self.training = training
        self.rate = training.rate  # may be set between two steps
        self.step = 0
        self.seconds = 0.0  # at work, pauses left out
        self.optimiser = optimiser_of(network, training)
        self._emit = emit
        self._curves = Curves(number)
        self._order = torch.Generator().manual_seed(training.seed)
        # Dropout draws from torch's own generator, with a seed that is not that of the weights.
        torch.manual_seed(int(torch.randint(2**62, (), generator=self._order)))
        self._measured_step, self._measured_seconds, self._measure_s = 0, 0.0, 0.0
        self._told_step, self._told_seconds, self._step_s = 0, 0.0, 0.0
        self._keep()
        self._beats = self._whole()

    @property
    def present_rate(self) -> float:
        """The rate as set, which over the last third of the run falls evenly towards 0."""
        left = (self.total_steps - self.step + 1) / self.total_steps
        return self.rate * min(1.0, left / FALLING)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        samples, batch = len(self.data.train), self.training.batch
        # A last batch of a single sample is left out: batch normalisation can't use it.
        return samples // batch + (samples % batch > (1 if batch > 1 else 0))

    @property
    def total_steps(self) -> int:
        """Batches in the whole run."""
        return self.steps_per_epoch * self.training.epochs

    def advance(self) -> Beat | None:
        """One training step, or a piece of an evaluation; None when the run is over."""
        began = time.perf_counter()
        beat = next(self._beats, None)
        self.seconds += time.perf_counter() - began
        if beat is None or self.seconds - self._told_seconds >= PROGRESS_S:
            self.tell_progress()
        return beat

    def _whole(self) -> Iterator[Beat]:
        for epoch in range(1, self.training.epochs + 1):
            began_s = self.seconds
            for picked in self._batches():
                yield self._step(picked)
                if self._curves.due() and not self.tell():
                    yield Beat.FAULT
                if self._held_out_due():
                    yield from self._measure_held_out()
            if not self.tell():
                yield Beat.FAULT
            yield from self._end_epoch(epoch, began_s)

    def _batches(self) -> tuple[Tensor, ...]:
        """The training samples in a new order, as lists of indices."""
        order = torch.randperm(len(self.data.train), generator=self._order)
        batches = order.to(self.data.train.labels.device).split(self.training.batch)  # type: ignore[no-untyped-call]
        return tuple(batches[: self.steps_per_epoch])

    def _step(self, picked: Tensor) -> Beat:
        self.step += 1
        try:
            inputs = self.data.normalised(self.data.train.inputs[picked])
            labels = self.data.train.labels[picked]
            set_rate(self.optimiser, self.present_rate)
            result = train_step(self.network, self.optimiser, inputs, labels)
        except Exception as error:
            self.optimiser.zero_grad()  # out of memory: give back what the step had taken
            message = in_words(error, step=self.step, batch=self.training.batch)
            self._fail(message, traceback.format_exc())
            return Beat.FAULT
        self._curves.add(self.step, len(picked), result)
        return Beat.STEP

    def tell(self) -> bool:
        """Send the new losses; False when one was no number, and the weights stepped back."""
        losses, fault = self._curves.read()
        if losses is not None:
            self._emit(losses)
        if fault is None:
            return True
        self._restore()
        step, loss = fault
        self._fail(not_finite(loss, step, self.rate, self._good_step))
        return False

    def tell_progress(self) -> None:
        """Send how far the run is, how fast it goes (smoothed over a second) and its rate."""
        steps = self.step - self._told_step
        if steps:
            step_s = (self.seconds - self._told_seconds) / steps
            self._step_s = (self._step_s + step_s) / 2 if self._step_s else step_s
        self._told_step, self._told_seconds = self.step, self.seconds
        left = (self.total_steps - self.step) * self._step_s
        speed = self.training.batch / self._step_s if self._step_s else 0.0
        self._emit(
            Progress(self.number, self.step, self.total_steps, speed, left, self.present_rate)
        )

    def _held_out_due(self) -> bool:
        """Every 100 steps or 2 s, but never for more than its share of the time."""
        seconds, steps = self.seconds - self._measured_seconds, self.step - self._measured_step
        if seconds < self._measure_s / HELD_OUT_SHARE:
            return False
        return steps >= HELD_OUT_STEPS or seconds >= HELD_OUT_S

    def _measure_held_out(self) -> Iterator[Beat]:
        samples = self.data.held_out
        score = yield from self._evaluation(samples)
        self._measured_step, self._measured_seconds = self.step, self.seconds
        self._measure_s = score.seconds
        self._emit(HeldOut(self.number, self.step, len(samples), score.loss, score.accuracy))
        if math.isfinite(score.loss):
            self._keep()

    def _end_epoch(self, epoch: int, began_s: float) -> Iterator[Beat]:
        train_loss, train_accuracy = self._curves.end_epoch()
        score = yield from self._evaluation(self.data.test)
        self._emit(
            EpochDone(
                self.number,
                epoch,
                self.step,
                train_loss,
                train_accuracy,
                score.loss,
                score.accuracy,
                self.seconds - began_s,
                score.confusion,
            )
        )

    def _evaluation(self, samples: Samples) -> Generator[Beat, None, Score]:
        pieces = evaluation(self.network, self.data, samples, self._piece)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                score: Score = end.value
                return score
            yield Beat.EVALUATION

    @property
    def _piece(self) -> int:
        """Samples evaluated in about the time of a training step; many on a fast device."""
        on_cpu = self.data.test.labels.device.type == "cpu"
        return max(100, min(1000, 3 * self.training.batch)) if on_cpu else 2000

    def _keep(self) -> None:
        """Remember weights and optimiser as good."""
        self._good_step = self.step
        self._good = copy.deepcopy((self.network.state_dict(), self.optimiser.state_dict()))

    def _restore(self) -> None:
        """Back to the last good weights; data order and step count go on."""
        weights, optimiser = self._good
        self.network.load_state_dict(weights)
        self.optimiser.load_state_dict(copy.deepcopy(optimiser))

    def _fail(self, message: str, details: str = "") -> None:
        self._emit(Failed(self.number, "training", message, details))


def train_step(
    network: nn.Module, optimiser: torch.optim.Optimizer, inputs: Tensor, labels: Tensor
) -> Tensor:
    """One step down the gradient of the cross-entropy; returns loss and hits, (2,)."""
    logits = network(inputs)  # (B, classes)
    loss = functional.cross_entropy(logits, labels)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    hits = (logits.argmax(1) == labels).sum()
    return torch.stack((loss.detach(), hits.to(loss.dtype)))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """The learning rate of all weights."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def optimiser_of(network: nn.Module, training: Training) -> torch.optim.Optimizer:
    """The optimiser that the training settings name, as one fused kernel."""
    make, settings = OPTIMISERS[training.optimiser]
    return make(
        network.parameters(),
        lr=training.rate,
        weight_decay=training.weight_decay,
        fused=True,
        **settings,
    )
