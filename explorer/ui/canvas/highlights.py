"""What lights up under the hand: a port, and the wire that would take a block in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF

from explorer.graph.document import Wire
from explorer.ui.canvas.geometry import Port
from explorer.ui.canvas.scene import CanvasScene

WIRE_REACH = 16.0


class HotPort:
    """At most one port is lit."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.port: Port | None = None

    def show(self, port: Port | None) -> bool:
        """Light this one instead, or none; says whether it is another one than before."""
        if port == self.port:
            return False
        for one, hot in ((self.port, False), (port, True)):
            item = self._scene.nodes.get(one[0]) if one is not None else None
            if one is not None and item is not None:
                item.alter(hot=(one[1], one[2]) if hot else None)
        self.port = port
        return True


class LitWire:
    """At most one wire is lit."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.wire: Wire | None = None

    def near(self, place: QPointF) -> Wire | None:
        """The wire into which something that is let go at this place falls."""
        item = self._scene.wire_at(place, WIRE_REACH)
        return item.wire if item is not None else None

    def show(self, wire: Wire | None) -> None:
        """Light this one instead, or none."""
        if wire == self.wire:
            return
        for one, lit in ((self.wire, False), (wire, True)):
            item = self._scene.wires.get(one) if one is not None else None
            if item is not None:
                item.set_look(replace(item.look, lit=lit))
        self.wire = wire
