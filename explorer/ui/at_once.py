"""Which settings a run takes up while it goes on, and which act with the next one."""

from __future__ import annotations

from explorer.graph.block import Argument
from explorer.graph.document import Training
from explorer.protocol import commands as do

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
