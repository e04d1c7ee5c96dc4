"""The status bar: the result so far, what runs, how far it is, the network's size, the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar

from explorer.graph.document import Document
from explorer.plan.amounts import amount, at_step, percent
from explorer.plan.memory import memory_of, too_large_unasked
from explorer.plan.plan import Plan
from explorer.protocol.commands import Command
from explorer.protocol.events import (
    Compiling,
    Devices,
    Event,
    Progress,
    Ready,
    RunState,
    Started,
    Status,
)
from explorer.protocol.run_log import RunLog
from explorer.ui.dialogs.device_button import DeviceButton
from explorer.ui.kit.elided import Elided
from explorer.ui.kit.named import named
from explorer.ui.kit.timers import single_shot
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store

LARGE = "A large network is built when Train is pressed; the pad and the views answer from then on"
NOTE_MS = 6_000
FEW = 10  # steps whose mean loss is told before anything was measured
WORDS = {
    "untrained": "Untrained",
    "running": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "stopped": "Stopped",
    "loaded": "Trained weights loaded",
}


class StatusBar(QStatusBar):
    """The result, large; what runs, progress with time left, examples/s, weights, MACs, device."""

    def __init__(
        self,
        store: Store,
        runner: Runner,
        log: RunLog,
        send: Callable[[Command], None],
        settings: QSettings,
    ) -> None:
        super().__init__()
        self._runner, self._log = runner, log
        self._compiling = False
        self._large = False  # what is drawn, so that nothing is built of it unasked
        self._progress: Progress | None = None
        self.result = named(QLabel(), "statusResult", "Result")
        self.result.setProperty("role", "result")
        self.measure = named(Elided(least="accuracy on 1,000 test…"), "statusMeasure")
        self.measure.setProperty("role", "faint")
        self.state = named(QLabel(), "statusState")
        self.bar = named(QProgressBar(), "statusBar", "Progress of the run")
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(140, 12)
        self.progress = named(Elided(least="step 1,000 of 2,814"), "statusProgress")
        self.cost = named(Elided(least="421,642 weights …"), "statusSize")
        self.device = DeviceButton(send, settings)
        self.note = named(Elided(), "statusNote")
        self._forget = single_shot(self, NOTE_MS)
        self._forget.timeout.connect(self.note.clear)
        for widget in (self.result, self.measure, self.state, self.bar, self.progress, self.note):
            self.addWidget(widget)
        self.setContentsMargins(8, 0, 0, 0)
        self.addPermanentWidget(self.cost)
        self.addPermanentWidget(self.device)
        store.changed.connect(self._show_cost)
        runner.changed.connect(self.refresh)
        self._show_cost(store.document, store.document, store.plan)
        self.refresh()

    def take(self, event: Event) -> None:
        """Progress, the device, the compiler, or a new state."""
        if isinstance(event, Ready | Devices | Started):
            self.device.take(event)
        if isinstance(event, Compiling):
            self._compiling = event.stage == "begun"
        elif isinstance(event, Started):
            self._compiling = False
        elif isinstance(event, Progress):
            self._progress = event
        elif isinstance(event, Status) and event.state in ("untrained", "loaded"):
            self._progress = None
        self.refresh()

    def say(self, text: str) -> None:
        """A sentence that goes by itself; nothing takes the one before away."""
        self.note.setText(text)
        self._forget.start()

    def refresh(self) -> None:
        """Write what is known."""
        runner, now = self._runner, self._progress
        state: RunState = "untrained" if runner.outdated() else runner.state
        words = WORDS[state] if runner.ready else "Starting"
        if self._large and state == "untrained":
            words = "Not built yet: it is large"
        self.state.setToolTip(LARGE if self._large else "")
        if self._compiling and runner.active:
            words += " · compiling the training step…"
        others = runner.other_settings() if runner.run else ()
        if runner.changed_since() and not runner.outdated():
            words += (
                f" · changed since run {runner.run}" if runner.run else " · changed since loading"
            )
        elif others:
            words += f" · settings changed since run {runner.run}"
        self.state.setToolTip(f"With the next run: {', '.join(others)}" if others else "")
        self.state.setText(words)
        shown = now is not None and state in ("running", "paused", "finished", "stopped")
        self._show_result(state)
        self.bar.setVisible(shown)
        self.progress.setVisible(shown)
        if now is not None and shown:
            self.bar.setRange(0, max(now.total_steps, 1))
            self.bar.setValue(now.step)
            self.progress.setText(_progress_text(now, runner.state == "running"))
            self.progress.setAccessibleName(self.progress.text())

    def _show_result(self, state: RunState) -> None:
        """The run's best known figure; nothing where the network is untrained."""
        known = state not in ("untrained", "loaded")
        result = result_of(self._log) if known else Result()
        for label, text in ((self.result, result.figure), (self.measure, result.measure)):
            label.setText(text)
            label.setVisible(bool(text))
        self.result.setToolTip(result.told)
        self.result.setAccessibleDescription(f"{result.measure}. {result.told}")

    def _show_cost(self, before: Document, after: Document, plan: Plan) -> None:
        self._large = plan.ready and too_large_unasked(plan)
        self.cost.setText(
            f"{plan.weights:,} weights · {_short(plan.macs)} MACs"
            if plan.ready
            else "not trainable yet"
        )
        self.cost.setToolTip(
            f"{plan.weights:,} trainable numbers, {plan.macs:,} multiply-accumulates for one "
            f"sample; a training takes about {amount(memory_of(plan).total)} of memory"
            if plan.ready
            else (plan.problems[0].message if plan.problems else "")
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The figure that stands large, what it is, and the whole sentence."""

    figure: str = ""
    measure: str = ""
    told: str = ""


def result_of(log: RunLog) -> Result:
    """The latest figure of a run that was measured on test samples, else its training loss; empty
    before the first step.
    """
    epoch = log.epochs[-1] if log.epochs else None
    part = log.held_out[-1] if log.held_out else None
    if epoch is not None and (part is None or part.step <= epoch.step):
        told = f"On all test samples, after epoch {epoch.epoch}"
        measure = f"accuracy on all test samples, epoch {epoch.epoch}"
        return Result(percent(epoch.test_accuracy, 2), measure, told)
    if part is not None:
        told = f"On {part.samples:,} of the test samples, {at_step(part.step)}"
        measure = f"accuracy on {part.samples:,} test samples, {at_step(part.step)}"
        return Result(percent(part.accuracy), measure, told)
    losses = log.training()[1][-FEW:]
    if not len(losses):
        return Result()
    return Result(f"{losses.mean():.3g}", "training loss", f"Mean of the last {len(losses)} steps")


def _progress_text(now: Progress, running: bool) -> str:
    text = f"step {now.step:,} of {now.total_steps:,}"
    if running and now.examples_per_s:
        text += f" · {now.examples_per_s:,.0f} examples/s · {time_left(now.seconds_left)} left"
    return text


def time_left(seconds: float) -> str:
    """As people say it: 45 s, 3 min 05 s, 2 h 10 min."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _short(count: int) -> str:
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.2f} {letter}"
    return str(count)
