"""What the engine tells when something fails, and what may help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.graph.form import Argument
from explorer.protocol.event import Event

# Of a run that can't go on: steps too large; no room in float16; values that a block can't take; a
# block's own formula or code; too little memory.
Cause = Literal["", "rate", "half", "values", "block", "memory"]


@dataclass(frozen=True, slots=True)
class Cure:
    """What may help after a fault, as a button: training settings to change, and what then.

    "go on": with the run as it is held; "anew": a run from its initial weights; "resume": from the
    last checkpoint of the run.
    """

    label: str
    then: Literal["go on", "rewind", "anew", "resume"]
    settings: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """A command could not be carried out, or the run stopped; the engine lives on."""

    doing: str  # "training", "export", "loading weights", ...
    message: str  # for people: the thing, the numbers, the next step
    details: str = ""  # traceback
    request: int = 0
    node: str = ""  # where it began
    cures: tuple[Cure, ...] = ()
    cause: Cause = ""  # empty where it is unknown


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something that the user should know of a run that goes on."""

    message: str
    node: str = ""  # the block that it is about
