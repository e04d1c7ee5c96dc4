"""Draw a wire from the keyboard: arrows choose the input, Enter connects, Esc leaves it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt

from explorer.graph.block import Block
from explorer.graph.drawn_edits import connect_drawn
from explorer.graph.failures import EditError
from explorer.ui.canvas.geometry import Port
from explorer.ui.canvas.gestures.connect import Connect
from explorer.ui.canvas.stage import Hand, Stage
from explorer.ui.canvas.walk import Direction, nearest

ARROWS: Mapping[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}


class KeyConnect(Connect):
    """Starts at the first output that leads nowhere yet, with the nearest free input as its end."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, stage: Stage, name: str) -> None:
        drawing = stage.scene.drawing
        super().__init__(stage, (name, "output", free_output(stage, name)))
        self._ports = [
            port
            for node in drawing.nodes.values()
            for port in _inputs(node.id, node.block)
            if self._possible(port)
        ]
        here = stage.scene.nodes[name].pos()
        free = [p for p in self._ports if drawing.into(p[0], p[2]) is None]
        self._port = min(free or self._ports, key=lambda p: self._far(here, p), default=None)
        self._show()

    @property
    def found(self) -> bool:
        """Whether there is any input to connect to."""
        return self._port is not None

    def key(self, key: int) -> bool | None:
        """Arrows, Enter, Esc."""
        if key in ARROWS:
            self._choose(ARROWS[key])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._port is not None:
            self._clear()
            self.finish(self._port)
            return False
        return super().key(key)

    def move(self, hand: Hand) -> None:
        """The mouse has no say."""

    def release(self, hand: Hand) -> None:
        """The mouse has no say: a click leaves it."""
        self.cancel()

    def _possible(self, port: Port) -> bool:
        try:
            connect_drawn(self.document(), self.wire_to(port))
        except EditError:
            return False
        return True

    def _far(self, here: QPointF, port: Port) -> float:
        away = self._place_of(port) - here
        behind = 1000.0 if away.x() < 0 else 0.0
        return abs(away.x()) + 2 * abs(away.y()) + behind

    def _choose(self, direction: Direction) -> None:
        if self._port is None:
            return
        here = self._place_of(self._port)
        places = [
            (port, (self._place_of(port).x(), self._place_of(port).y()))
            for port in self._ports
            if port != self._port
        ]
        self._port = nearest((here.x(), here.y()), places, direction) or self._port
        self._show()

    def _show(self) -> None:
        if self._port is None:
            return
        self.stage.view.ensureVisible(self.stage.scene.nodes[self._port[0]], 40, 40)
        end = self._place_of(self._port)
        self.show_verdict(self._port, Hand(end, self.stage.view.mapFromScene(end)))


def free_output(stage: Stage, name: str) -> str:
    """The first output that leads nowhere yet, or the first; raises ValueError without any."""
    drawing = stage.scene.drawing
    outputs = drawing.nodes[name].block.outputs
    if not outputs:
        raise ValueError(f"{name} has no output")
    led = {wire.output for wire in drawing.wires if wire.source == name}
    return next((port for port in outputs if port not in led), outputs[0])


def _inputs(name: str, block: Block) -> list[Port]:
    return [(name, "input", port) for port in block.inputs]
