"""Has the engine build the drawn network a moment after each edit, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document
from explorer.plan.memory import too_large_unasked, why_it_waits
from explorer.plan.plan import Plan
from explorer.protocol.commands import Command, LetGo, Prepare
from explorer.protocol.events import RunState
from explorer.ui.kit.timers import single_shot
from explorer.ui.session.built_from import BuiltFrom
from explorer.ui.session.store import Store

SETTLE_MS = 150  # after an edit, before its untrained network is built


class Untrained(QObject):
    """Pad and views answer from it; weights that are kept are never replaced by it. Of a large
    network nothing is built unasked.
    """

    built = Signal()  # was asked for
    large = Signal(str)  # nothing is built before somebody asks for it: why

    def __init__(
        self,
        store: Store,
        built: BuiltFrom,
        send: Callable[[Command], None],
        state: Callable[[], RunState],
        recall: Callable[[], bool],
    ) -> None:
        """`recall`: whether weights that belong to the drawing are on their way instead."""
        super().__init__()
        self._store, self._built, self._send, self._state = store, built, send, state
        self._recall = recall
        self._large = False
        self._settle = single_shot(self, SETTLE_MS)
        self._settle.timeout.connect(self.build)

    def follow(self, after: Document) -> None:
        """The drawing was changed while no run is on."""
        if not self._built.reads(after.dataset):
            self._built.kept = False
        if not self._built.kept or self._built.left_by(after):
            self._settle.start()

    def cancel(self) -> None:
        """Something else is built now, or nothing any more."""
        self._settle.stop()

    def build(self) -> None:
        """At once, unless the engine has this network already."""
        plan, built = self._store.plan, self._built
        if not plan.ready or (built.kept and not built.left_by(plan.document)):
            return
        if self._recall() or built.kept:
            return
        if self._state() != "untrained" or not built.built_as(plan.document):
            built.document = plan.document
            self._send(LetGo() if self._waits(plan) else Prepare(plan))
            self.built.emit()

    def _waits(self, plan: Plan) -> bool:
        """Whether it is so large that only Train builds it; told when what is drawn becomes so."""
        large = too_large_unasked(plan)
        if large and not self._large:
            self.large.emit(why_it_waits(plan))
        self._large = large
        return large
