"""The engine's loop: take a command, train a step, tell what happened."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import torch

from explorer.engine.checkpoint import load_checkpoint
from explorer.engine.compiled import WAIT_S, compiling
from explorer.engine.custom import trial
from explorer.engine.device import device_name
from explorer.engine.failures import EngineError, cures_of, in_words, stopped_by
from explorer.engine.offers import chosen_device, devices
from explorer.engine.session import Session, session_of
from explorer.engine.timing import step_times
from explorer.engine.train import Beat, Run
from explorer.plan.plan import Plan
from explorer.protocol import commands as do
from explorer.protocol.events import (
    Device,
    Devices,
    ExportProgress,
    Failed,
    Prediction,
    Ready,
    RunState,
    Status,
    StepTimes,
    Tried,
    WeightsSaved,
)
from explorer.protocol.mailbox import CommandBox, EventBox

MOST_CRASHES, CRASHES_S = 3, 10.0  # so many within such a time, and the engine gives up
LOOK_EVERY_S = 0.4
TIMED_AT = 30  # steps
BUILDING = (do.Prepare, do.Train, do.ResumeRun, do.Rewind, do.LoadWeights, do.SetDevice)
AT_ONCE = (do.Predict, do.Watch)
LOOK_SHARE = 0.05  # of the time, at most

DOING: dict[type, str] = {
    do.Prepare: "building the network",
    do.Train: "training",
    do.ResumeRun: "resuming a run",
    do.TrainMore: "training",
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


class _Quit(Exception):
    """A Quit is waiting: how long work ends early."""


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
            engine.tell_crash(error, final)
            if final:
                return
            engine = engine.anew()


def warm_up() -> None:
    """What torch loads with the first optimiser takes seconds: have it before Train is pressed.

    It is an import and touches no tensor, so it may go on beside the engine's own thread.
    """
    threading.Thread(target=import_module, args=("torch._dynamo",), name="warm-up").start()


class _Engine:
    """What the loop knows: the session, whether it runs, what is watched."""

    def __init__(self, commands: CommandBox, events: EventBox, device: str | None) -> None:
        self._commands = commands
        self._events = events
        self._device = device
        self._session: Session | None = None
        self._held: list[do.Command] = []  # until the compiler has ended
        self._there: tuple[Device, ...] = ()
        self._told_present = ""
        self._state: RunState = "untrained"
        self._watch = do.Watch()
        self._look_at_s = 0.0
        self._timed_run = 0
        self._first: do.Command | None = None  # to be carried out before all others
        self._obeying: dict[type, Callable[[Any], None]] = {
            do.Prepare: self._prepare,
            do.Train: self._train,
            do.ResumeRun: self._resume_run,
            do.TrainMore: self._train_more,
            do.Pause: self._pause,
            do.Resume: self._resume,
            do.StepOnce: self._step_once,
            do.Stop: self._stop,
            do.Rewind: self._rewind,
            do.SetRate: lambda command: self._change(lambda run: run.change_rate(command.rate)),
            do.SetWeightDecay: lambda command: self._change(
                lambda run: run.change_weight_decay(command.weight_decay)
            ),
            do.SetDropout: lambda command: self._change(
                lambda run: run.change_dropout(command.node, command.p)
            ),
            do.SetAccumulate: self._set_accumulate,
            do.Watch: self._set_watch,
            do.Predict: self._predict,
            do.Export: self._export,
            do.LoadWeights: self._load_weights,
            do.SaveWeights: self._save_weights,
            do.Trial: self._try,
            do.SetDevice: self._set_device,
            do.Quit: self._quit,
        }

    def loop(self) -> None:
        self._find_device()
        if self._first is not None:
            self._obey(self._first)
        warm = False
        while not self._commands.quit_waits():
            command = self._next(None if warm and self._state != "running" else 0.0)
            try:
                if command is not None:
                    self._obey(command)
                elif not warm:
                    warm_up()
                    warm = True
                elif self._state == "running":
                    self._advance()
                    self._look_if_due()
            except _Quit:
                break
        self._save_run()

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
        except _Quit:
            raise
        except Exception as error:
            doing = DOING.get(type(command), "training")
            plan = command.plan if isinstance(command, do.Train) else None
            self._fail(doing, error, getattr(command, "request", 0), plan)

    def _fail(
        self, doing: str, error: Exception, request: int = 0, plan: Plan | None = None
    ) -> None:
        """`plan`: of a training that could not begin, or not be measured."""
        begun = self._session is not None and self._session.plan is plan
        details = traceback.format_exc()
        batch = plan.document.training.batch if plan is not None else 0
        step = 1 if plan is not None and not begun else self._step
        message = in_words(error, step=step, batch=batch)
        cures = cures_of(error, plan.document.training, 0) if plan is not None else ()
        self._events.put(Failed(self._number, doing, message, details, request, cures=cures))

    # --- a fault of the program itself

    def tell_crash(self, error: BaseException, final: bool) -> None:
        """What happened, what is lost, and how to go on."""
        run = self._session.run if self._session is not None else None
        goes_on = run is not None and self._state in ("running", "paused")
        newest = run.keeper.newest if run is not None and goes_on and run.keeper else None
        message, cures = stopped_by(error, self._step if goes_on else 0, newest, final)
        doing = "training" if goes_on else "running the engine"
        details = "".join(traceback.format_exception(error))
        self._events.put(Failed(self._number, doing, message, details, cures=cures))
        if goes_on:
            self._events.put(Status(self._number, "stopped", self._step))

    def anew(self) -> _Engine:
        """An engine that knows no more than which network there was."""
        made = _Engine(self._commands, self._events, self._device)
        made._first = do.Prepare(self._session.plan) if self._session is not None else None
        return made

    # --- the device

    def _find_device(self) -> None:
        try:
            found, fault = chosen_device(self._device), None
        except EngineError as error:
            self._device, found, fault = None, chosen_device(), error
        self._there = devices()
        self._events.put(Ready(0, found.type, device_name(found), torch.__version__))
        self._tell_devices()
        if fault is not None:
            message = f"{fault} {device_name(found)} is used."
            self._events.put(Failed(0, "choosing the device", message))

    def _set_device(self, command: do.SetDevice) -> None:
        self._there = devices()
        try:
            chosen_device(command.device)
            self._device = command.device
        finally:
            self._tell_devices()
        session = self._session
        if session is not None and self._state == "untrained" and not self._on_chosen(session):
            self._prepare(do.Prepare(session.plan))

    def _tell_devices(self) -> None:
        self._told_present = self._present
        chosen = str(chosen_device(self._device))
        self._events.put(Devices(0, self._there, chosen, self._device, self._present))

    @property
    def _present(self) -> str:
        return str(self._session.device) if self._session is not None else ""

    def _on_chosen(self, session: Session) -> bool:
        return session.device == chosen_device(self._device)

    # --- the network and its run

    def _prepare(self, command: do.Prepare) -> None:
        self._session = Session(command.plan, self._device)
        self._enter("untrained")

    def _try(self, command: do.Trial) -> None:
        found = trial(command.block, command.shapes)
        self._events.put(Tried(0, command.block, command.shapes, found))

    def _load_weights(self, command: do.LoadWeights) -> None:
        session = Session(command.plan, self._device)
        session.load(command.path)
        self._session = session
        self._enter("loaded")

    def _train(self, command: do.Train) -> None:
        session = self._session_for(command.plan)
        session.begin(command.run, self._events.put, command.folder)
        self._session = session
        self._enter("paused" if command.paused else "running")

    def _resume_run(self, command: do.ResumeRun) -> None:
        checkpoint = load_checkpoint(command.path)
        session = session_of(checkpoint, command.plan, self._device)
        run = session.resume(checkpoint, command.run, self._events.put, command.folder)
        self._session = session
        run.tell_progress()
        state: RunState = "paused" if command.paused else "running"
        self._enter("finished" if run.over else state)

    def _train_more(self, command: do.TrainMore) -> None:
        run = self._needed().run
        if run is None:
            raise EngineError("There is no run to lengthen. Press Train.")
        run.lengthen(command.epochs)
        if command.folder is not None:
            self._needed().keep_in(command.folder, run, self._events.put)
        run.tell_progress()
        self._enter("running")

    def _session_for(self, plan: Plan) -> Session:
        """The present session where it is of the same document: what it has measured stays."""
        session = self._session
        same = session is not None and session.plan.document == plan.document
        if session is not None and same and self._on_chosen(session):
            return session
        return Session(plan, self._device)

    def _rewind(self, command: do.Rewind) -> None:
        session = self._needed()
        if session.run is None:
            self._prepare(do.Prepare(session.plan))
            return
        before = session.run
        folder = before.keeper.folder if before.keeper else None
        run = session.begin(before.number, self._events.put, folder)
        # What the window's controls show stays true.
        run.change_rate(before.rate)
        run.change_weight_decay(before.weight_decay)
        for node, p in before.dropouts.items():
            run.change_dropout(node, p)
        run.tell_progress()
        self._enter("paused")

    def _pause(self, command: do.Pause) -> None:
        self._save_run()
        self._enter("paused" if self._state == "running" else self._state)

    def _resume(self, command: do.Resume) -> None:
        self._enter("running" if self._state == "paused" else self._state)

    def _step_once(self, command: do.StepOnce) -> None:
        beat: Beat | None = Beat.EVALUATION
        while self._state == "paused" and beat is Beat.EVALUATION:
            self._leave_if_asked()
            beat = self._advance()
        if beat is Beat.WAITING:  # for the compiler: after all that was asked meanwhile
            self._commands.put(command)
        else:
            self._enter(self._state)

    def _stop(self, command: do.Stop) -> None:
        self._save_run()
        self._enter("stopped" if self._state in ("running", "paused") else self._state)

    def _save_run(self) -> None:
        """A checkpoint of a run that goes on or is held, where it is given a folder."""
        run = self._session.run if self._session else None
        if run is not None and run.step and self._state in ("running", "paused") and run.tell():
            run.save()

    def _change(self, change: Callable[[Run], None]) -> None:
        run = self._session.run if self._session else None
        if run is not None:
            change(run)
            run.tell_progress()

    def _set_accumulate(self, command: do.SetAccumulate) -> None:
        self._change(lambda run: self._needed().accumulate(run, command.pieces))

    def _advance(self) -> Beat | None:
        """One beat of the run; a fault holds it."""
        run = self._needed().run
        if run is None:
            raise EngineError("There is no run. Press Train.")
        try:
            beat = run.advance()
        except Exception as error:  # outside a step: an evaluation, for which there was no memory
            self._fail("training", error, plan=self._needed().plan)
            self._enter("stopped")
            return None
        if beat is None:
            self._enter("finished")
        elif beat is Beat.FAULT:
            self._enter("paused")
        elif beat is not Beat.WAITING and run.step >= TIMED_AT and self._timed_run != run.number:
            self._timed_run = run.number
            self._measure(run.step)
        return beat

    def _measure(self, step: int) -> None:
        """Tell where a step's time goes: once a run, when caches and threads have settled."""
        session = self._needed()
        batch = session.plan.document.training.batch
        x = session.data.normalised(session.data.train.inputs[:batch])
        try:
            seconds = step_times(session.network, x)
        except RuntimeError:  # too little memory for a copy of the network: then it stays untold
            return
        self._events.put(StepTimes(self._number, step, batch, seconds))

    def _enter(self, state: RunState) -> None:
        """Tell everything up to here, then the new state, then how the network looks in it."""
        run = self._session.run if self._session else None
        if run is not None and state != "running" and run.step:
            run.tell()
            run.tell_progress()
        self._state = state
        self._events.put(Status(self._number, state, self._step))
        if self._present != self._told_present:
            self._tell_devices()
        self._look()

    # --- looking inside

    def _set_watch(self, command: do.Watch) -> None:
        self._watch = command
        if self._session is not None and self._state != "running":
            self._look()
        self._look_at_s = 0.0

    def _look_if_due(self) -> None:
        if time.perf_counter() >= self._look_at_s:
            self._look()

    def _look(self) -> None:
        """Send what is watched, and stay away so long that it costs its share at most."""
        if self._session is None or not (self._watch.focus or self._watch.thumbnails):
            return
        began = time.perf_counter()
        try:
            for event in self._session.observe(self._watch):
                self._events.put(event)
        except Exception as error:
            self._watch = replace(self._watch, focus=frozenset(), thumbnails=False)
            self._fail("looking inside", error)
        ended = time.perf_counter()
        self._look_at_s = ended + max(LOOK_EVERY_S, (ended - began) / LOOK_SHARE)

    def _predict(self, command: do.Predict) -> None:
        answer = self._needed().predict(command.picture)
        self._events.put(Prediction(self._number, command.request, self._step, answer))

    # --- files

    def _export(self, command: do.Export) -> None:
        def report(doing: str) -> None:
            self._leave_if_asked()
            self._events.put(ExportProgress(self._number, command.request, doing))

        session = self._needed()
        self._events.put(session.export(command.request, command.format, command.path, report))

    def _save_weights(self, command: do.SaveWeights) -> None:
        self._needed().save(command.path)
        self._events.put(WeightsSaved(self._number, command.path))

    # --- what everybody asks

    def _quit(self, command: do.Quit) -> None:
        raise _Quit

    def _leave_if_asked(self) -> None:
        if self._commands.quit_waits():
            raise _Quit

    def _needed(self) -> Session:
        if self._session is None:
            raise EngineError("There is no network yet. Connect the blocks and press Train.")
        return self._session

    @property
    def _number(self) -> int:
        return self._session.moment.run if self._session else 0

    @property
    def _step(self) -> int:
        return self._session.step if self._session else 0
