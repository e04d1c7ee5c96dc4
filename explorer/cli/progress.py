"""How far a training is: a moving line on a terminal, a line for each epoch elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TextIO

from explorer.plan.amounts import percent
from explorer.protocol.events import (
    BestEpoch,
    Compiling,
    EpochDone,
    Event,
    Failed,
    LearntNothing,
    Losses,
    Progress,
    SettingChanged,
    Started,
    StoppedEarly,
    Warned,
)

WIDTH = 24
REDRAW_S = 0.1


class ProgressLine:
    """Takes a training's events and draws."""

    def __init__(self, steps: int | None = None, stream: TextIO | None = None) -> None:
        self._steps = steps  # where the training is to end early
        self._stream = stream or sys.stderr
        self._moving = self._stream.isatty()
        self._started = Started(0, 1, 1, 0, "")
        self._loss = ""
        self._drawn_s = 0.0
        self._length = 0
        self._takers: dict[type, Callable[[Any], None]] = {
            Started: self._start,
            Losses: self._note_loss,
            Progress: self._draw,
            EpochDone: self._end_epoch,
            SettingChanged: self._change,
            StoppedEarly: self._say_told,
            BestEpoch: self._say_told,
            LearntNothing: self._say_told,
            Failed: self._fail,
            Compiling: self._compile,
            Warned: lambda event: self._line(event.message),
        }

    def __call__(self, event: Event) -> None:
        """Take an event in."""
        take = self._takers.get(type(event))
        if take is not None:
            take(event)

    def end(self) -> None:
        """Leave the line clear for what is printed next."""
        self._overwrite("")

    def _start(self, event: Started) -> None:
        self._started = event
        from_step = f", from step {event.step:,}" if event.step else ""
        self._line(f"{self._total():,} steps on {event.device_name}{from_step}")

    def _change(self, event: SettingChanged) -> None:
        if event.name == "epochs":
            total = round(event.value) * self._started.steps_per_epoch
            self._started = replace(self._started, total_steps=total)
        self._line(f"{event.name} is now {event.value:g}")

    def _say_told(self, event: StoppedEarly | BestEpoch | LearntNothing) -> None:
        self._line(event.told)

    def _fail(self, event: Failed) -> None:
        if event.doing != "training":  # that ends the command, with this line
            self._line(event.message)

    def _compile(self, event: Compiling) -> None:
        self._line(event.message or "compiling the training step…")

    def _note_loss(self, event: Losses) -> None:
        if len(event.losses):
            self._loss = f"loss {event.losses[-1]:.3f}"

    def _draw(self, event: Progress) -> None:
        now = time.monotonic()
        if not self._moving or now - self._drawn_s < REDRAW_S:
            return
        self._drawn_s = now
        total = self._total()
        share = min(1.0, event.step / total)
        left_s = (
            max(0, total - event.step) * event.seconds_left / max(1, event.total_steps - event.step)
        )
        bar = ("#" * round(share * WIDTH)).ljust(WIDTH, ".")
        self._overwrite(
            f"[{bar}] {percent(share, 0):>5}  epoch {self._epoch(event.step)}  {self._loss}  "
            f"{event.examples_per_s:,.0f}/s  {_clock(left_s)} left"
        )

    def _total(self) -> int:
        total = max(1, self._started.total_steps)
        return min(total, self._steps or total)

    def _epoch(self, step: int) -> str:
        per_epoch = self._started.steps_per_epoch
        whole = max(1, self._started.total_steps // per_epoch)
        return f"{min(whole, max(step - 1, 0) // per_epoch + 1)}/{whole}"

    def _end_epoch(self, event: EpochDone) -> None:
        self._line(
            f"epoch {self._epoch(event.step)}  loss {event.train_loss:.4f}  "
            f"accuracy {percent(event.train_accuracy, 2)}  test loss {event.test_loss:.4f}  "
            f"test accuracy {percent(event.test_accuracy, 2)}  {event.seconds:.1f} s"
        )

    def _line(self, text: str) -> None:
        self._overwrite("")
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def _overwrite(self, text: str) -> None:
        if self._moving:
            self._stream.write(f"\r{text.ljust(self._length)}\r{text}")
            self._stream.flush()
            self._length = len(text)


def _clock(seconds: float) -> str:
    whole = int(min(max(seconds, 0.0), 359_999.0))
    minutes, rest = divmod(whole, 60)
    return (
        f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
    )
