"""Draw a wire by dragging from one port to another, told on the way why it can't end here."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsPathItem

from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import connect_drawn
from explorer.graph.folding import drawn
from explorer.ui.canvas.courses import thread_course
from explorer.ui.canvas.geometry import Port, Side, ports_of
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.highlights import HotPort
from explorer.ui.canvas.overlay import Tone
from explorer.ui.canvas.paint import wire_pen
from explorer.ui.canvas.stage import Hand, Stage
from explorer.ui.canvas.verdict import Verdict, judge


class Connect(Gesture):
    """A wire with one end fixed at a port and the other in the hand."""

    cursor: Qt.CursorShape | None = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, fixed: Port) -> None:
        super().__init__(stage)
        self.fixed = fixed
        self._hot = HotPort(stage.scene)
        self._verdicts: dict[Wire, Verdict] = {}
        self._thread = QGraphicsPathItem()
        self._thread.setZValue(5)
        stage.scene.addItem(self._thread)

    def document(self) -> Document:
        """What the wire is added to."""
        return self.stage.store.document

    def move(self, hand: Hand) -> None:
        """Draw the thread and say what letting go would do."""
        port = self.target(hand.place)
        self._hot.show(port)
        if port is None:
            self._draw(hand.place, self.stage.colours.accent)
            self.stage.say("")
            return
        self.show_verdict(port, hand)

    def show_verdict(self, port: Port, hand: Hand) -> None:
        """Let the thread end at a port and say whether it may."""
        self._hot.show(port)
        verdict = self._judge(port)
        c = self.stage.colours
        end = self._place_of(port)
        if verdict.refusal:
            self._draw(end, c.error)
            self._tell(f"Can't connect: {verdict.refusal}.", "error", hand)
        elif verdict.warning:
            self._draw(end, c.warning)
            offer = f" Fix on offer: {verdict.fix}." if verdict.fix else ""
            self._tell(f"{verdict.warning}{offer} {verdict.costs}".rstrip(), "warning", hand)
        elif verdict.costs:
            broken = bool(verdict.breaks)
            self._draw(end, c.warning if broken else c.good)
            words = f"{self.wire_to(port)}. {verdict.costs}"
            self._tell(words, "warning" if broken else "good", hand)
        else:
            self._draw(end, c.good)
            self._tell(str(self.wire_to(port)), "good", hand)

    def release(self, hand: Hand) -> None:
        """Make the wire where it may be made."""
        port = self.target(hand.place)
        self._clear()
        if port is None:
            self.let_go(hand)
            return
        self.finish(port)

    def finish(self, port: Port) -> bool:
        """End at this port; a refused wire is told once more through the store."""
        wire = self.wire_to(port)
        return self.stage.store.edit(f"Connect {wire}", lambda d: connect_drawn(self.base(d), wire))

    def base(self, document: Document) -> Document:
        """The document that the wire is drawn in."""
        return document

    def let_go(self, hand: Hand) -> None:
        """Released over nothing, some way from the port: offer blocks that fit there."""
        away = hand.place - self._place_of(self.fixed)
        if away.manhattanLength() > 2 * self.stage.reach:
            self.stage.offer(self.fixed, hand)

    def cancel(self) -> None:
        """No wire."""
        self._clear()

    def wire_to(self, port: Port) -> Wire:
        """The wire between the fixed port and this one."""
        ends = {self.fixed[1]: self.fixed, port[1]: port}
        (source, _, output), (target, _, into) = ends["output"], ends["input"]
        return Wire(source, target, output, into)

    def target(self, place: QPointF) -> Port | None:
        """The port under the hand; over a block's body its best one."""
        side: Side = "input" if self.fixed[1] == "output" else "output"
        port = self.stage.scene.port_at(place, self.stage.reach)
        if port is not None and port[1] == side:
            return port
        item = self.stage.scene.node_at(place)
        if item is None or item.node.id == self.fixed[0]:
            return None
        names = ports_of(item.node.block, side)
        drawing = drawn(self.base(self.document()))
        free = [n for n in names if side == "output" or drawing.into(item.node.id, n) is None]
        best = next(iter(free or names), None)
        return (item.node.id, side, best) if best is not None else None

    def _judge(self, port: Port) -> Verdict:
        wire = self.wire_to(port)
        if wire not in self._verdicts:
            present = self.document()
            self._verdicts[wire] = judge(self.base(present), wire, present)
        return self._verdicts[wire]

    def _place_of(self, port: Port) -> QPointF:
        name, side, names = port
        return self.stage.scene.nodes[name].port(names, side)

    def _draw(self, end: QPointF, colour: str) -> None:
        start = self._place_of(self.fixed)
        if self.fixed[1] == "input":
            start, end = end, start
        self._thread.setPath(thread_course(start, end).path)
        self._thread.setPen(wire_pen(QColor(colour), None, 2.5))

    def _tell(self, text: str, tone: Tone, hand: Hand) -> None:
        self.stage.say(text, tone, hand.spot)

    def _clear(self) -> None:
        self._hot.show(None)
        self.stage.say("")
        if self._thread.scene() is not None:
            self.stage.scene.removeItem(self._thread)
