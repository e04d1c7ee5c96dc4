"""One training, written to be read: an epoch, a run from the initial weights to the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping

import torch
from torch import Tensor, nn

from explorer.engine.checkpoints.checkpoint_keeper import Keeper
from explorer.engine.device.failures import EngineError, not_finite, step_failed
from explorer.engine.device.generators import states_of_others
from explorer.engine.device.team import TOGETHER_STEPS, Team
from explorer.engine.recovery.last_good import LastGood
from explorer.engine.recovery.search import where_it_began
from explorer.engine.run.best import Best
from explorer.engine.run.curves import Curves
from explorer.engine.run.learning import learnt_nothing
from explorer.engine.run.measuring import Measuring
from explorer.engine.run.order import Order
from explorer.engine.run.pace import Pace
from explorer.engine.run.settings import with_settings
from explorer.engine.step.beat import Beat
from explorer.engine.step.data import Data, Samples
from explorer.engine.step.descent import Descent
from explorer.engine.step.evaluate import Score
from explorer.engine.step.trail import Walked
from explorer.graph.document import Training
from explorer.plan.memory import Memory
from explorer.plan.schedule import rate_at
from explorer.protocol.events import (
    Compiling,
    EpochDone,
    Event,
    HeldOut,
    Progress,
    SettingChanged,
    StoppedEarly,
)


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
        self.team = team
        self.rate = training.rate  # may be set between two steps
        self.weight_decay = training.weight_decay  # the same
        self.dropouts: dict[str, float] = {}  # nodes whose dropout was changed
        self.step = 0
        self.epochs_done = 0
        self.seconds = 0.0  # at work, pauses left out
        self.epoch_began_s = 0.0
        self.descent = Descent(
            network, data, training, team, lambda *told: emit(Compiling(number, *told))
        )
        self.order = Order(data.train, training.batch, training.seed, team.size if team else 1)
        # Dropout draws from torch's own generator, with a seed that is not that of the weights.
        torch.manual_seed(self.order.second_seed + (team.rank if team else 0))
        self.good = LastGood(self.descent, team)
        self.best = Best()
        self.measured: tuple[int, float] | None = None  # at this step, so accurate on the test set
        self.measuring = Measuring(network, data, training.batch, together=team is not None)
        self.curves = Curves(number)
        self.pace = Pace()
        self.keeper: Keeper | None = None
        self.memory: Memory | None = None  # that it takes, where that is known
        self.others: Mapping[str, Tensor] = {}  # a team's generators at the last checkpoint
        self._emit = emit
        self._beats = self._whole()

    @property
    def present_rate(self) -> float:
        """The rate as set, which over the last third of the run falls evenly towards 0."""
        return rate_at(self.rate, self.step, self.total_steps)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        return self.order.steps_per_epoch

    @property
    def total_steps(self) -> int:
        """Batches in the whole run."""
        return self.steps_per_epoch * self.training.epochs

    @property
    def over(self) -> bool:
        """Whether its last epoch is done, or it is the last one by the user's patience."""
        return self._given_up or self.epochs_done >= self.training.epochs

    @property
    def _given_up(self) -> bool:
        return 0 < self.training.patience <= self.best.stale_epochs

    def advance(self) -> Beat | None:
        """One training step, or a piece of an evaluation; None when the run is over."""
        began = time.perf_counter()
        beat = next(self._beats, None)
        if beat is not Beat.WAITING:
            self.seconds += time.perf_counter() - began
        if beat is None or self.pace.due(self.seconds):
            self.tell_progress()
        return beat

    def _whole(self) -> Iterator[Beat]:
        while not self.over:
            yield from self._epoch()
            self.epochs_done += 1
            self.order.end_epoch()
            self.epoch_began_s = self.seconds
            if self._given_up:
                self._stop_early()
            elif self.over:
                self.tell_best()
            if self.over or self._due(epoch_over=True):
                self.save()

    def _epoch(self) -> Iterator[Beat]:
        behind = self.step - self.epochs_done * self.steps_per_epoch  # of a resumed run
        for picked in self.order.batches()[behind:]:
            while not self.descent.ready():
                yield Beat.WAITING
            while (beat := self._step(picked)) is Beat.FAULT:
                yield beat  # when the run goes on, the same samples come again
            yield beat
            if self._due_to_tell() and not self.tell():
                yield Beat.FAULT
            if self.measuring.due(self.step, self.seconds):
                yield from self._measure_held_out()
            if self._due_to_save() and self.tell():
                self.save()
        if not self.tell():
            yield Beat.FAULT
        yield from self._end_epoch()

    def _step(self, picked: Tensor) -> Beat:
        self.step += 1
        self.best.in_place = False
        walked = Walked(self.step, picked, self.present_rate, self.weight_decay)
        try:
            result = self.descent.walk(walked)
        except Exception as error:
            self._tell_fault(error, picked)
            return Beat.FAULT
        self.curves.add(self.step, len(picked), result)
        self.good.trail.note(walked)
        return Beat.STEP

    def _tell_fault(self, error: Exception, picked: Tensor) -> None:
        """Say why the present step failed and which block made it; it counts as not made."""
        self.descent.optimiser.zero_grad()  # out of memory: give back what the step had taken
        at = self.descent.blamed(error, picked)
        failed = step_failed(
            self.number, error, self.step, self.training, self.memory, at.node, at.told
        )
        self.step -= 1
        self._emit(failed)

    def _measure_held_out(self) -> Iterator[Beat]:
        samples = self.data.held_out
        score = yield from self._evaluation(samples)
        self.measuring.note(self.step, self.seconds, score.seconds)
        self._emit(HeldOut(self.number, self.step, len(samples), score.loss, score.accuracy))
        if math.isfinite(score.loss):
            self.good.keep(self.step)

    def _end_epoch(self) -> Iterator[Beat]:
        score = yield from self._evaluation(self.data.test)
        train_loss, train_accuracy = self.curves.end_epoch()
        loss = score.loss if self.team is None else self.team.agreed(score.loss)
        self.best.note(loss, score.accuracy, self.epochs_done + 1, self.network)
        self.measured = (self.step, score.accuracy)
        done = EpochDone(
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
        self._emit(done)
        if doubt := learnt_nothing(done, self.network, self.data, self.training.batch):
            self._emit(doubt)

    def _evaluation(self, samples: Samples) -> Generator[Beat, None, Score]:
        pieces = self.measuring.score(samples)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                score: Score = end.value
                return score
            yield Beat.EVALUATION

    def _stop_early(self) -> None:
        """The best epoch's weights are what the run was for; the optimiser stays as it is."""
        best = self.best
        if best.weights:
            self.use_best()
        self._emit(StoppedEarly(self.number, self.step, best.stale_epochs, best.loss, best.epoch))

    def tell_best(self) -> None:
        """The run ends: say which epoch was best, where the weights are those of a later one."""
        if self.best.is_before(self.epochs_done):
            patience = self.training.patience
            self._emit(self.best.told(self.number, self.step, self.epochs_done, patience))

    def use_best(self) -> None:
        """Put the best epoch's weights in place; EngineError where none are known."""
        accuracy = self.best.put_in(self.network)
        self.good.keep(self.step)
        self.measured = None if accuracy is None else (self.step, accuracy)

    def save(self) -> None:
        """Write a checkpoint, where there is a folder for it; every loss must have been told. In a
        team the leader writes, but all must call it at the same step.
        """
        if self.team is not None:
            self.others = states_of_others(self.team)
        if self.keeper is not None:
            self.keeper.keep(self._state)

    @property
    def _state(self) -> tuple[object, ...]:
        """Equal where a checkpoint would be."""
        changed = (self.rate, self.weight_decay, tuple(self.dropouts.items()))
        return (self.step, self.epochs_done, self.training, *changed)

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
        self.descent.set_dropout(node, p)
        self.dropouts[node] = p
        self._changed(f"{node}.dropout", p)

    def change_accumulate(self, pieces: int) -> None:
        """Pieces in which a batch is computed: less memory, the same step."""
        if pieces != self.training.accumulate:
            self.training = with_settings(self.training, accumulate=pieces)
            self.descent.set_pieces(pieces)
            self._changed("accumulate", pieces)

    def lengthen(self, epochs: int) -> None:
        """Add epochs: the rate is now that of a run of the new length. Goes on after its end."""
        self.set_length(self.training.epochs + epochs)
        self._changed("epochs", self.training.epochs)

    def set_length(self, epochs: int) -> None:
        """So many epochs in all, untold; EngineError: more steps than that are behind it."""
        was_over = self.over
        if epochs * self.steps_per_epoch < self.step:
            raise EngineError(
                f"The run is at step {self.step:,}, which {epochs:,} epochs of "
                f"{self.steps_per_epoch:,} steps have not. Give more epochs."
            )
        self.training = with_settings(self.training, epochs=epochs)
        if was_over:
            self.best.stale_epochs = 0
            self._beats = self._whole()

    def _changed(self, name: str, value: float) -> None:
        self._emit(SettingChanged(self.number, self.step, name, value))

    # --- what is told

    def tell(self) -> bool:
        """Send the new losses; False when one was no number, and the weights stepped back."""
        losses, fault = self.curves.read()
        if losses is not None:
            self._emit(losses)
        if fault is None:
            if losses is not None:
                self.good.renew_trail()
            return True
        step, loss = fault
        origin = where_it_began(self.descent, self.good, self.rate, step, self.team)
        self.good.put_back()
        self._emit(not_finite(self.number, loss, step, self.rate, self.good.step, origin))
        return False

    def _due_to_tell(self) -> bool:
        """From time to time; in a team at the same steps, for a fault puts all weights back."""
        return self.curves.due() if self.team is None else self.step % TOGETHER_STEPS == 0

    def _due_to_save(self) -> bool:
        """Within an epoch; in a team where all have just been told."""
        together = self.team is None or self.step % TOGETHER_STEPS == 0
        return together and self._due(epoch_over=False)

    def _due(self, epoch_over: bool) -> bool:
        """Whether the one that writes checkpoints finds it is time."""
        due = self.keeper is not None and self.keeper.due(epoch_over)
        return due if self.team is None else self.team.any(due)

    def tell_progress(self) -> None:
        """Send how far the run is, how fast it goes (smoothed over a second) and its rate."""
        self.pace.note(self.step, self.seconds)
        step_s = self.pace.step_s
        left = (self.total_steps - self.step) * step_s
        speed = self.training.batch / step_s if step_s else 0.0
        self._emit(
            Progress(self.number, self.step, self.total_steps, speed, left, self.present_rate)
        )
