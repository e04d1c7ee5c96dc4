"""Which settings a run takes up while it goes on, and which act with the next one."""

from __future__ import annotations

from collections.abc import Callable

from explorer.graph.block import Argument
from explorer.graph.document import Document, Training
from explorer.protocol import commands as do
from explorer.protocol.events import SettingChanged, Started
from explorer.ui.session.built_from import BuiltFrom

AT_ONCE = ("rate", "weight_decay", "accumulate", "epochs")
NOW, NEXT = "now", "next run"


def command_for(name: str, now: Training, epochs: int) -> do.Command | None:
    """What has a run of so many epochs take up a setting; None: it acts with the next run.

    Fewer epochs do: while somebody types 12, it is 1 for a moment, and the run would be over.
    """
    if name == "rate":
        return do.SetRate(now.rate)
    if name == "weight_decay":
        return do.SetWeightDecay(now.weight_decay)
    if name == "accumulate":
        return do.SetAccumulate(now.accumulate)
    return do.SetEpochs(now.epochs) if name == "epochs" and now.epochs > epochs else None


class Acting:
    """What the present run is trained with, and what is sent to have it take up a setting."""

    def __init__(self, built: BuiltFrom, send: Callable[[do.Command], None]) -> None:
        self._built, self._send = built, send
        self.rate = 0.0  # as set, which may not be the document's
        self.epochs = 0  # the whole run

    def take(self, event: Started | SettingChanged) -> None:
        """It has begun, or was changed."""
        if isinstance(event, Started):
            self.rate = event.rate
            self.epochs = event.total_steps // max(event.steps_per_epoch, 1)
        elif event.name == "rate":
            self.rate = event.value
        elif event.name == "epochs":
            self.epochs = round(event.value)

    def set_rate(self, rate: float) -> bool:
        """Whether it is another one."""
        if rate == self.rate:
            return False
        self.rate = rate
        self._send(do.SetRate(rate))
        return True

    def follow(self, before: Document, after: Document) -> None:
        """The document was edited."""
        was = before.training.values()
        for name, value in after.training.values().items():
            command = command_for(name, after.training, self.epochs)
            if value != was[name] and command is not None:
                self._built.take_up(name, value)
                self._take_up(command)
        for each in self._built.follow_dropout(before, after):
            self._send(each)

    def _take_up(self, command: do.Command) -> None:
        if isinstance(command, do.SetRate):
            self.set_rate(command.rate)
        else:
            self._send(command)


def when_it_acts(name: str, run: Training, now: Training) -> str:
    """In a word or two, for the setting's field; with the run's own value where that is another."""
    was, value = run.values()[name], now.values()[name]
    if was != value:
        return f"{NEXT} (now {_text(was)})"
    return NOW if name in AT_ONCE else NEXT


def _text(value: Argument) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
