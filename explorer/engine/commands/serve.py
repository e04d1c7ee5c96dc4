"""The engine's loop: take a command, train a step, tell what happened."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any

from explorer.engine.commands.answers import Answers
from explorer.engine.commands.bench import Bench, Leave
from explorer.engine.commands.choice import DeviceChoice
from explorer.engine.commands.looking import Looking
from explorer.engine.commands.starts import Starts
from explorer.engine.commands.steering import Steering
from explorer.engine.step.compiled import WAIT_S, compiling
from explorer.protocol import commands as do
from explorer.protocol.mailbox import CommandBox, EventBox

MOST_CRASHES, CRASHES_S = 3, 10.0  # so many within such a time, and the engine gives up
BUILDING = (do.Prepare, do.Train, do.ResumeRun, do.Rewind, do.LoadWeights, do.SetDevice)
AT_ONCE = (do.Predict, do.Watch)

DOING: dict[type, str] = {
    do.Prepare: "building the network",
    do.Train: "training",
    do.ResumeRun: "resuming a run",
    do.TrainMore: "training",
    do.UseBest: "using the best weights",
    do.SetEpochs: "setting the length of the run",
    do.SetDropout: "setting dropout",
    do.SetAccumulate: "setting how a batch is computed",
    do.Rewind: "rewinding",
    do.Watch: "looking inside",
    do.Predict: "prediction",
    do.Export: "export",
    do.LoadWeights: "loading weights",
    do.SaveWeights: "saving weights",
    do.Trial: "a trial run",
    do.SetDevice: "choosing the device",
}


def serve(commands: CommandBox, events: EventBox, device: str | None = None) -> None:
    """Answer commands until Quit. The calling thread owns all torch state from now on.

    A fault of the program itself is told, and the engine begins anew with the network untrained;
    after several in a short time it gives up.
    """
    crashes: deque[float] = deque(maxlen=MOST_CRASHES)
    engine = _Engine(commands, events, device)
    while True:
        try:
            engine.loop()
            return
        except BaseException as error:  # a user's block may raise a SystemExit
            crashes.append(time.monotonic())
            final = len(crashes) == MOST_CRASHES and crashes[-1] - crashes[0] < CRASHES_S
            engine.bench.tell_crash(error, final)
            if final:
                return
            session = engine.bench.session
            first = do.Prepare(session.plan) if session is not None else None
            engine = _Engine(commands, events, engine.choice.wanted, first)


def warm_up() -> None:
    """What torch loads with the first optimiser takes seconds: have it before Train is pressed.

    It is an import and touches no tensor, so it may go on beside the engine's own thread.
    """
    threading.Thread(target=import_module, args=("torch._dynamo",), name="warm-up").start()


class _Engine:
    """Hands each command to the part that obeys it, and trains where there is none."""

    def __init__(
        self,
        commands: CommandBox,
        events: EventBox,
        device: str | None,
        first: do.Command | None = None,
    ) -> None:
        """`first`: to be carried out before all others."""
        self._commands, self._first = commands, first
        self._held: list[do.Command] = []  # until the compiler has ended
        self.bench = Bench(commands, events)
        self.choice = DeviceChoice(self.bench, device)
        self._looking = Looking(self.bench)
        self._steering = Steering(self.bench)
        self.bench.entered += (self.choice.tell_if_moved, self._looking.look)
        self._obeying = self._table(Starts(self.bench, self.choice), Answers(self.bench))

    def _table(self, starts: Starts, answers: Answers) -> dict[type, Callable[[Any], None]]:
        steering = self._steering
        return {
            do.Prepare: starts.prepare,
            do.LetGo: starts.let_go,
            do.Train: starts.train,
            do.ResumeRun: starts.resume_run,
            do.TrainMore: starts.train_more,
            do.Rewind: starts.rewind,
            do.LoadWeights: starts.load_weights,
            do.SetDevice: starts.set_device,
            do.Pause: steering.pause,
            do.Resume: steering.resume,
            do.StepOnce: steering.step_once,
            do.Stop: steering.stop,
            do.UseBest: steering.use_best,
            do.SetEpochs: steering.set_epochs,
            do.SetRate: steering.set_rate,
            do.SetWeightDecay: steering.set_weight_decay,
            do.SetDropout: steering.set_dropout,
            do.SetAccumulate: steering.set_accumulate,
            do.Watch: self._looking.watch,
            do.Predict: answers.predict,
            do.Export: answers.export,
            do.SaveWeights: answers.save_weights,
            do.Trial: answers.try_block,
            do.Quit: self._quit,
        }

    def loop(self) -> None:
        self.choice.find()
        if self._first is not None:
            self._obey(self._first)
        warm = False
        while not self._commands.quit_waits():
            command = self._next(None if warm and self.bench.state != "running" else 0.0)
            try:
                if command is not None:
                    self._obey(command)
                elif not warm:
                    warm_up()
                    warm = True
                elif self.bench.state == "running":
                    self._steering.advance()
                    self._looking.look_if_due()
            except Leave:
                break
        self._steering.save()

    def _next(self, wait_s: float | None) -> do.Command | None:
        """What is to be done next. No network is built while one is being compiled: the command
        that would waits, and with it all that follow it, but not pen and views.
        """
        if self._held and not compiling():
            return self._held.pop(0)
        command = self._commands.take(WAIT_S if self._held else wait_s)
        late = bool(self._held) or isinstance(command, BUILDING)
        if command is None or not late or isinstance(command, AT_ONCE):
            return command
        self._held.append(command)
        return None if compiling() else self._held.pop(0)

    def _obey(self, command: do.Command) -> None:
        """Carry a command out; whatever goes wrong is told, and the loop lives on."""
        try:
            self._obeying[type(command)](command)
        except Leave:
            raise
        except Exception as error:
            doing = DOING.get(type(command), "training")
            plan = command.plan if isinstance(command, do.Train) else None
            self.bench.fail(doing, error, getattr(command, "request", 0), plan)

    def _quit(self, command: do.Quit) -> None:
        raise Leave
