"""One training, written to be read: an epoch, a run from the initial weights to the end."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from enum import Enum, auto

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from explorer.engine.checkpoint import Snapshot
from explorer.engine.checkpoint_keeper import Keeper
from explorer.engine.compiled import Compiled
from explorer.engine.curves import Curves
from explorer.engine.data import Data, Samples
from explorer.engine.evaluate import Score, evaluation
from explorer.engine.failures import EngineError, cures_of, in_words, not_finite, out_of_memory
from explorer.engine.search import where_it_began
from explorer.engine.step import CarefulStep, optimiser_of, set_dropout, set_rate, train_step
from explorer.engine.team import TOGETHER_STEPS, Team
from explorer.engine.trail import State, Trail, Walked, copied, put_back, state_of
from explorer.graph.document import Training
from explorer.protocol.events import (
    Compiling,
    EpochDone,
    Event,
    Failed,
    HeldOut,
    Progress,
    SettingChanged,
    StoppedEarly,
)

HELD_OUT_STEPS = 100
HELD_OUT_S = 2.0
HELD_OUT_SHARE = 0.006  # of the time, at most
PROGRESS_S = 0.2
FALLING = 1 / 3  # of the run, its end


class Beat(Enum):
    """What was done since control was given back the last time."""

    STEP = auto()  # one training step
    EVALUATION = auto()  # a piece of an evaluation
    FAULT = auto()  # a Failed event went out; the run should be held
    WAITING = auto()  # a moment, for the compiler


class Run:
    """One training of one network: its optimiser, the order of its data, its place in it.

    `advance` does one beat. The same seed gives the same weights after the same number of steps,
    whatever else the engine is asked for between two beats; so does a run that was put back from a
    checkpoint. `training.epochs` is the length of the whole run, which the falling rate goes by: a
    run of 4 epochs that was interrupted after 2 and resumed equals one of 4 that was not.
    """

    def __init__(
        self,
        number: int,
        network: nn.Module,
        data: Data,
        training: Training,
        emit: Callable[[Event], None],
        team: Team | None = None,
    ) -> None:
        self.number = number
        self.network = network
        self.data = data
        self.training = training
        self.rate = training.rate  # may be set between two steps
        self.weight_decay = training.weight_decay  # the same
        self.dropouts: dict[str, float] = {}  # nodes whose dropout was changed
        self.step = 0
        self.epochs_done = 0
        self.seconds = 0.0  # at work, pauses left out
        self.optimiser = optimiser_of(network, training)
        self.careful = CarefulStep(training, data.train.labels.device)
        self.trail = Trail(data.train.labels.device)
        self._team = team
        self._forward = network if team is None else team.wrapped(network)
        self.epoch_began_s = 0.0
        self.best_loss, self.stale_epochs = math.inf, 0  # on the test samples; for patience
        self._most_piece = len(data.test)  # samples evaluated at once
        self.best_weights: Mapping[str, Tensor] = {}  # of the best epoch, where patience asks
        self.best_epoch = 0
        self.keeper: Keeper | None = None
        self.curves = Curves(number)
        self._emit = emit
        self._compiled = self._to_compile() if training.compile else None
        self._order = torch.Generator().manual_seed(training.seed)
        # Dropout draws from torch's own generator, with a seed that is not that of the weights.
        rank = team.rank if team is not None else 0
        torch.manual_seed(int(torch.randint(2**62, (), generator=self._order)) + rank)
        self.order_state = self._order.get_state()  # at the beginning of the present epoch
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
        least = (2 if batch > 1 else 1) * (self._team.size if self._team is not None else 1)
        return samples // batch + (samples % batch >= least)

    @property
    def total_steps(self) -> int:
        """Batches in the whole run."""
        return self.steps_per_epoch * self.training.epochs

    def advance(self) -> Beat | None:
        """One training step, or a piece of an evaluation; None when the run is over."""
        began = time.perf_counter()
        beat = next(self._beats, None)
        if beat is not Beat.WAITING:
            self.seconds += time.perf_counter() - began
        if beat is None or self.seconds - self._told_seconds >= PROGRESS_S:
            self.tell_progress()
        return beat

    def _whole(self) -> Iterator[Beat]:
        while not self.over:
            yield from self._epoch()
            self.epochs_done += 1
            self.order_state = self._order.get_state()
            self.epoch_began_s = self.seconds
            if self._given_up:
                self._stop_early()
            if self.over or (self.keeper is not None and self.keeper.due(epoch_over=True)):
                self.save()

    def _epoch(self) -> Iterator[Beat]:
        behind = self.step - self.epochs_done * self.steps_per_epoch  # of a resumed run
        for picked in self._batches()[behind:]:
            while self._compiled is not None and not self._compiled.ready():
                yield Beat.WAITING
            while (beat := self._step(picked)) is Beat.FAULT:
                yield beat  # when the run goes on, the same samples come again
            yield beat
            if self._due_to_tell() and not self.tell():
                yield Beat.FAULT
            if self._held_out_due():
                yield from self._measure_held_out()
            if self.keeper is not None and self.keeper.due(epoch_over=False) and self.tell():
                self.save()
        if not self.tell():
            yield Beat.FAULT
        yield from self._end_epoch()

    @property
    def over(self) -> bool:
        """Whether its last epoch is done, or it is the last one by the user's patience."""
        return self._given_up or self.epochs_done >= self.training.epochs

    @property
    def _given_up(self) -> bool:
        return 0 < self.training.patience <= self.stale_epochs

    def _stop_early(self) -> None:
        """The best epoch's weights are what the run was for; the optimiser stays as it is."""
        if self.best_weights:
            self.network.load_state_dict(self.best_weights)
            self._keep()
        self._emit(
            StoppedEarly(self.number, self.step, self.stale_epochs, self.best_loss, self.best_epoch)
        )

    def save(self) -> None:
        """Write a checkpoint, where there is a folder for it; every loss must have been told."""
        if self.keeper is not None:
            self.keeper.keep(self)

    def snapshot(self) -> Snapshot:
        """What a checkpoint needs of the present moment; every loss must have been told."""
        return Snapshot(
            step=self.step,
            epochs_done=self.epochs_done,
            epochs=self.training.epochs,
            rate=self.rate,
            weight_decay=self.weight_decay,
            dropouts=dict(self.dropouts),
            seconds=self.seconds,
            epoch_seconds=self.seconds - self.epoch_began_s,
            epoch_sums=self.curves.sums,
            best_loss=self.best_loss if math.isfinite(self.best_loss) else None,
            stale_epochs=self.stale_epochs,
            best_epoch=self.best_epoch,
            gradient_scale=self.careful.scale,
        )

    def put_at(self, place: Snapshot, order: Tensor, best: Mapping[str, Tensor]) -> None:
        """Go to that moment; weights, optimiser and torch's generators are put back by others."""
        self.step, self.epochs_done = place.step, place.epochs_done
        self.training = with_settings(self.training, epochs=place.epochs)
        self.rate, self.weight_decay = place.rate, place.weight_decay
        self.dropouts = dict(place.dropouts)
        self.seconds = place.seconds
        self.epoch_began_s = place.seconds - place.epoch_seconds
        self.curves.sums = place.epoch_sums
        self.best_loss = math.inf if place.best_loss is None else place.best_loss
        self.stale_epochs = place.stale_epochs
        self.best_weights, self.best_epoch = best, place.best_epoch if best else 0
        self.careful.scale = place.gradient_scale
        self._order.set_state(order)
        self.order_state = order
        self._measured_step, self._measured_seconds = self.step, self.seconds
        self._told_step, self._told_seconds = self.step, self.seconds
        self._keep()
        self._beats = self._whole()

    def _batches(self) -> tuple[Tensor, ...]:
        """The training samples in a new order, as lists of indices."""
        order = torch.randperm(len(self.data.train), generator=self._order)
        batches = torch.split(order.to(self.data.train.labels.device), self.training.batch)
        return tuple(batches[: self.steps_per_epoch])

    def _step(self, picked: Tensor) -> Beat:
        self.step += 1
        walked = Walked(self.step, picked, self.present_rate, self.weight_decay)
        try:
            result = self.walk(walked)
        except Exception as error:
            self.optimiser.zero_grad()  # out of memory: give back what the step had taken
            message = in_words(error, step=self.step, batch=self.training.batch)
            self.step -= 1
            cures = cures_of(error, self.training, self.step)
            self._emit(
                Failed(self.number, "training", message, traceback.format_exc(), cures=cures)
            )
            return Beat.FAULT
        self.curves.add(self.step, len(picked), result)
        if self._team is None:
            self.trail.note(walked)
        return Beat.STEP

    def walk(self, walked: Walked) -> Tensor:
        """A step with these samples and settings; loss and hits, (2,)."""
        set_rate(self.optimiser, walked.rate, walked.weight_decay)
        return self._train_step(walked.picked)

    def _train_step(self, picked: Tensor) -> Tensor:
        """Loss and hits of the batch, (2,)."""
        team = self._team
        own = picked if team is None else team.share(picked)
        inputs, labels = self.data.trained_on(own, self.training), self.data.train.labels[own]
        if team is not None:
            weight = team.weight(len(own), len(picked))
            told = self.careful(self._forward, self.optimiser, inputs, labels, weight)
            return team.total(told, weight)
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

    def _to_compile(self) -> Compiled | None:
        """The network, to be compiled for whole batches; several processes train without."""
        if self._team is not None:
            told = "The network is trained without torch.compile: several processes train it."
            self._emit(Compiling(self.number, "failed", told))
            return None

        def sample() -> tuple[Tensor, Tensor]:
            batch = min(self.training.batch, len(self.data.train))
            piece = -(-batch // self.careful.pieces_of(batch))
            raw, labels = self.data.train.inputs[:piece], self.data.train.labels[:piece]
            return self.data.normalised(raw), labels

        return Compiled(
            self.network,
            sample,
            self.careful.cast,
            lambda *told: self._emit(Compiling(self.number, *told)),
        )

    # --- what may be changed between two steps

    def change_rate(self, rate: float) -> None:
        """Learning rate, before it falls."""
        if rate != self.rate:
            self.rate = rate
            self._changed("rate", rate)

    def change_weight_decay(self, weight_decay: float) -> None:
        """Weight decay."""
        if weight_decay != self.weight_decay:
            self.weight_decay = weight_decay
            self._changed("weight_decay", weight_decay)

    def change_dropout(self, node: str, p: float) -> None:
        """Probability with which a node drops values; EngineError where it drops none."""
        if not 0.0 <= p < 1.0:
            raise EngineError(f"Dropout is a probability from 0 to below 1, not {p:g}.")
        layer = dict(self.network.named_children()).get(node)
        if layer is None or not set_dropout(layer, p):
            raise EngineError(f"{node[:80]} has no dropout.")
        self.dropouts[node] = p
        if self._compiled is not None:
            self._compiled.renew()
        self._changed(f"{node}.dropout", p)

    def change_accumulate(self, pieces: int) -> None:
        """Pieces in which a batch is computed: less memory, the same step."""
        if pieces != self.training.accumulate:
            self.training = with_settings(self.training, accumulate=pieces)
            self.careful.pieces = pieces
            if self._compiled is not None:
                self._compiled.renew()
            self._changed("accumulate", pieces)

    def lengthen(self, epochs: int) -> None:
        """Add epochs: the rate is now that of a run of the new length. Goes on after its end."""
        was_over = self.over
        self.training = with_settings(self.training, epochs=self.training.epochs + epochs)
        self.stale_epochs = 0
        if was_over:
            self._beats = self._whole()
        self._changed("epochs", self.training.epochs)

    def _changed(self, name: str, value: float) -> None:
        self._emit(SettingChanged(self.number, self.step, name, value))

    # --- what is told

    def tell(self) -> bool:
        """Send the new losses; False when one was no number, and the weights stepped back."""
        losses, fault = self.curves.read()
        if losses is not None:
            self._emit(losses)
        if fault is None:
            if self._team is None and self.trail.due:
                self.trail.begin(self._state, self.careful.scale)
            return True
        step, loss = fault
        origin = where_it_began(self, step)
        self._restore()
        self._emit(not_finite(self.number, loss, step, self.rate, self._good_step, origin))
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

    def _due_to_tell(self) -> bool:
        """From time to time; in a team at the same steps, for a fault puts all weights back."""
        return self.curves.due() if self._team is None else self.step % TOGETHER_STEPS == 0

    def _held_out_due(self) -> bool:
        """Every 100 steps or 2 s, but never for more than its share of the time."""
        if self._team is not None:
            return self.step % HELD_OUT_STEPS == 0
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

    def _end_epoch(self) -> Iterator[Beat]:
        score = yield from self._evaluation(self.data.test)
        train_loss, train_accuracy = self.curves.end_epoch()
        loss = score.loss if self._team is None else self._team.agreed(score.loss)
        better = loss < self.best_loss
        self.best_loss, self.stale_epochs = (
            (loss, 0) if better else (self.best_loss, self.stale_epochs + 1)
        )
        if better and self.training.patience:
            self.best_epoch = self.epochs_done + 1
            self.best_weights = copied(self.network)
        self._emit(
            EpochDone(
                self.number,
                self.epochs_done + 1,
                self.step,
                train_loss,
                train_accuracy,
                score.loss,
                score.accuracy,
                self.seconds - self.epoch_began_s,
                score.confusion,
            )
        )

    def _evaluation(self, samples: Samples) -> Generator[Beat, None, Score]:
        """In pieces; where there is no memory for one, in smaller ones from now on."""
        while True:
            piece = min(self._piece, self._most_piece)
            try:
                return (yield from self._evaluated(samples, piece))
            except Exception as error:
                if piece == 1 or not out_of_memory(error):
                    raise
                self._most_piece = max(1, piece // 4)

    def _evaluated(self, samples: Samples, piece: int) -> Generator[Beat, None, Score]:
        pieces = evaluation(self.network, self.data, samples, piece)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                score: Score = end.value
                return score
            yield Beat.EVALUATION

    @property
    def _piece(self) -> int:
        """Samples evaluated at once: on a CPU as many as fit in the memory that a step leaves, for
        new memory slows the steps that follow; many on a fast device.
        """
        on_cpu = self.data.test.labels.device.type == "cpu"
        return max(64, min(1000, self.training.batch)) if on_cpu else 2000

    @property
    def good_weights(self) -> Mapping[str, Tensor]:
        """The last weights that are known to be good."""
        weights, _ = self._good
        return weights

    def _state(self) -> State:
        return state_of(self.network, self.optimiser)

    def _keep(self) -> None:
        """Remember weights and optimiser as good."""
        self._good_step, self._good = self.step, self._state()
        self._begin_trail()

    def _restore(self) -> None:
        """Back to the last good weights; data order and step count go on."""
        put_back(self._good, self.network, self.optimiser)
        self._begin_trail()

    def _begin_trail(self) -> None:
        good = self._good
        self.trail.begin(lambda: good, self.careful.scale)


def with_settings(training: Training, **changes: int) -> Training:
    """The settings with others in their place; EngineError where one is out of limits."""
    try:
        return Training(**{**training.values(), **changes})  # type: ignore[arg-type]  # pydantic checks
    except ValidationError as error:
        told = " and ".join(f"{name} {value:,}" for name, value in changes.items())
        raise EngineError(f"A run can't have {told}.") from error
