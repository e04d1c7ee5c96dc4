"""What the engine tells of itself: that it is there, what it can compute on, what it tried."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from explorer.graph.block import Shape
from explorer.graph.custom import Custom, Facts
from explorer.protocol.event import Event


@dataclass(frozen=True, slots=True)
class Ready(Event):
    """torch is loaded and the engine takes commands."""

    device: str  # "cpu", "cuda", ...
    device_name: str  # for people: "CPU, 2 threads", "NVIDIA H200"
    torch_version: str


@dataclass(frozen=True, slots=True)
class Device:
    """Something to compute on, or why it can't be used."""

    id: str  # "cpu", "cuda:0"
    name: str  # for people
    offers: tuple[tuple[str, str], ...] = ()  # what, and how far: ("memory", "16 GB")
    missing: str = ""  # why it can't be used; empty where it works


@dataclass(frozen=True, slots=True)
class Devices(Event):
    """What there is to compute on. `wanted`: what was asked for (None: the best there is); networks
    are built on `chosen` from now on, the present one is on `present` (empty: there is none).
    """

    devices: tuple[Device, ...]
    chosen: str
    wanted: str | None = None
    present: str = ""

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Devices


@dataclass(frozen=True, slots=True)
class Tried(Event):
    """What a trial run of a user's file has shown, or why it failed, with the line."""

    block: Custom
    shapes: tuple[Shape, ...]
    found: Facts | str
