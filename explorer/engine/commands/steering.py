"""A run under way: its beats, holding and ending it, its settings changed while it goes on."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.commands.bench import Bench
from explorer.engine.device.failures import EngineError
from explorer.engine.inside.timing import step_times
from explorer.engine.run.train import Run
from explorer.engine.step.beat import Beat
from explorer.protocol import commands as do
from explorer.protocol.events import StepTimes

TIMED_AT = 30  # steps


class Steering:
    """Takes the run of the present session from beat to beat."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._timed_run = 0

    # --- beats

    def advance(self) -> Beat | None:
        """One beat of the run; a fault holds it."""
        bench, run = self._bench, self._bench.needed.run
        if run is None:
            raise EngineError("There is no run. Press Train.")
        try:
            beat = run.advance()
        except Exception as error:  # outside a step: an evaluation, for which there was no memory
            bench.fail("training", error, plan=bench.needed.plan)
            bench.enter("stopped")
            return None
        if beat is None:
            bench.enter("finished")
        elif beat is Beat.FAULT:
            bench.enter("paused")
        elif beat is not Beat.WAITING and run.step >= TIMED_AT and self._timed_run != run.number:
            self._timed_run = run.number
            self._measure(run.step)
        return beat

    def _measure(self, step: int) -> None:
        """Tell where a step's time goes: once a run, when caches and threads have settled."""
        session = self._bench.needed
        batch = session.plan.document.training.batch
        x = session.data.normalised(session.data.train.inputs[:batch])
        try:
            seconds = step_times(session.network, x)
        except RuntimeError:  # too little memory for a copy of the network: then it stays untold
            return
        document = session.plan.document
        self._bench.tell(StepTimes(self._bench.number, step, batch, seconds, document))

    # --- holding, going on, ending

    def pause(self, command: do.Pause) -> None:
        """Hold the run."""
        self.save()
        self._bench.enter("paused" if self._bench.state == "running" else self._bench.state)

    def resume(self, command: do.Resume) -> None:
        """Go on."""
        self._bench.enter("running" if self._bench.state == "paused" else self._bench.state)

    def step_once(self, command: do.StepOnce) -> None:
        """One training step of a held run, with the evaluations that come before it."""
        bench = self._bench
        beat: Beat | None = Beat.EVALUATION
        while bench.state == "paused" and beat is Beat.EVALUATION:
            bench.leave_if_asked()
            beat = self.advance()
        if beat is Beat.WAITING:  # for the compiler: after all that was asked meanwhile
            bench.commands.put(command)
        else:
            bench.enter(bench.state)

    def stop(self, command: do.Stop) -> None:
        """End the run."""
        state, run = self._bench.state, self._bench.run
        self.save()
        active = state in ("running", "paused")
        if active and run is not None:
            run.tell_best()
        self._bench.enter("stopped" if active else state)

    def use_best(self, command: do.UseBest) -> None:
        """The best epoch's weights, for pad, views and export; its run has ended."""
        run = self._bench.needed.run
        if run is None or self._bench.state in ("running", "paused"):
            raise EngineError("The best epoch's weights can be had once a run has ended. Stop it.")
        run.use_best()
        self._bench.enter(self._bench.state)

    def save(self) -> None:
        """A checkpoint of a run that goes on or is held, where it is given a folder."""
        run = self._bench.run
        held = self._bench.state in ("running", "paused")
        if run is not None and run.step and held and run.tell():
            run.save()

    # --- settings

    def set_rate(self, command: do.SetRate) -> None:
        """Another learning rate."""
        self._change(lambda run: run.change_rate(command.rate))

    def set_epochs(self, command: do.SetEpochs) -> None:
        """Another length of the whole run."""
        self._change(lambda run: run.lengthen(command.epochs - run.training.epochs))

    def set_weight_decay(self, command: do.SetWeightDecay) -> None:
        """Another weight decay."""
        self._change(lambda run: run.change_weight_decay(command.weight_decay))

    def set_dropout(self, command: do.SetDropout) -> None:
        """Another probability of one block."""
        self._change(lambda run: run.change_dropout(command.node, command.p))

    def set_accumulate(self, command: do.SetAccumulate) -> None:
        """Batches computed in another number of pieces."""
        self._change(lambda run: self._bench.needed.accumulate(run, command.pieces))

    def _change(self, change: Callable[[Run], None]) -> None:
        run = self._bench.run
        if run is not None:
            change(run)
            run.tell_progress()
