"""Everything about the selected group: name, problem, repeat, what goes in and out, cost."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.graph.document import Group
from explorer.graph.folding import terminals_of
from explorer.graph.form import Argument, Form, param
from explorer.graph.groups import rename_group, set_repeat
from explorer.graph.limits import MOST_COPIES
from explorer.plan.plan import Plan
from explorer.plan.problems import Problem
from explorer.ui.canvas.grouping import Grouping
from explorer.ui.canvas.placing import mend
from explorer.ui.inspector.form import ParameterForm
from explorer.ui.inspector.name_field import NameField
from explorer.ui.inspector.parts import Facts, ProblemBox, heading, kind_style, paragraph, told
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Colours
from explorer.ui.session.store import Selection, Store

UNGROUP_TIP = "The blocks stay, the group goes (Ctrl+Shift+G)"


class Repetition(Form):
    """What a group has in the place of parameters."""

    repeat: int = param(
        1,
        "So many copies of the group in a row, each with weights of its own. What goes out must "
        "have the shape of what comes in.",
        low=1,
        high=MOST_COPIES,
    )


class GroupPage(QWidget):
    """Shown while all blocks of a group are selected."""

    keep_asked = Signal(str)  # the group's name: among the user's own blocks

    def __init__(self, store: Store, selection: Selection) -> None:
        super().__init__()
        self._store = store
        self._groups = Grouping(store, selection, lambda text: None)
        self._group: Group | None = None
        self._problem: Problem | None = None
        self._build()

    def _build(self) -> None:
        self.name = NameField(self._store, "groupName", "Name of the group", "groupNameFault")
        self.name.renamed.connect(self._rename)
        self.kind = named(QLabel(), "groupKind")
        self.problem = ProblemBox(self._repair)
        self.form = ParameterForm(Repetition.parameters(), self._repeat)
        self.fold = named(QPushButton(), "foldButton", tip="To one block, or back (Ctrl+E)")
        self.fold.clicked.connect(self._groups.fold)
        self.ungroup = named(QPushButton("Ungroup"), "ungroupButton", tip=UNGROUP_TIP)
        self.ungroup.clicked.connect(self._groups.ungroup)
        tip = "Among My blocks, for every document"
        self.keep = named(QPushButton("Keep in the palette"), "keepButton", tip=tip)
        self.keep.clicked.connect(self._keep)
        self.shapes, self.cost = Facts("groupShapes"), Facts("groupCost")
        self.members = paragraph("groupMembers")
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(6)
        for widget in (
            self.name,
            self.name.fault,
            self.kind,
            self.problem,
            heading("Parameters"),
            self.form,
            self._buttons(),
            self.keep,
            heading("Shape"),
            self.shapes,
            heading("Cost"),
            self.cost,
            heading("Blocks"),
            self.members,
        ):
            layout.addWidget(widget)
        layout.addStretch(1)

    def _buttons(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.fold)
        layout.addWidget(self.ungroup)
        return row

    def first_field(self) -> QWidget:
        """How often it is repeated."""
        return next(iter(self.form.editors.values())).widget

    def show_group(self, group: Group, plan: Plan) -> None:
        """Show a group as it is now."""
        self._group = group
        self.name.show_name(group.name)
        blocks = "1 block" if len(group.members) == 1 else f"{len(group.members)} blocks"
        self.kind.setText(f"Group of {blocks}")
        self.fold.setText("Unfold" if group.folded else "Fold")
        self.form.show_values({"repeat": group.repeat}, lambda name: None)
        found = (plan.problem_of[one] for one in group.members if one in plan.problem_of)
        self._problem = next(found, None)
        self.problem.show_problem(self._problem)
        self.members.setText(", ".join(group.members))
        self._show_facts(group, plan)

    def recolour(self, colours: Colours) -> None:
        """Another scheme."""
        self.problem.recolour(colours)
        self.kind.setStyleSheet(kind_style(colours.faint))

    def _show_facts(self, group: Group, plan: Plan) -> None:
        terminals = terminals_of(plan.document, group)
        rows = []
        for label, ports in terminals.inputs.items():
            wire = plan.document.into(*ports[0])
            shape = plan.shapes.get((wire.source, wire.output)) if wire else None
            title = "in" if len(terminals.inputs) == 1 else f"in {label}"
            rows.append((title, told(shape) if wire else "not connected"))
        for label, port in terminals.outputs.items():
            title = "out" if len(terminals.outputs) == 1 else f"out {label}"
            rows.append((title, told(plan.shapes.get(port))))
        self.shapes.show_rows(rows)
        part, times = plan.parts.get(group.name), group.repeat
        if part is None:
            self.cost.show_rows([("weights", "not on the way to the Output")])
            return
        costs = [("weights", part.weights), ("multiply-adds a sample", part.macs)]
        rows = [(name, f"{value:,}") for name, value in costs]
        if times > 1:
            rows += [(f"{name}, each copy", f"{value // times:,}") for name, value in costs]
        self.cost.show_rows(rows)

    def _repeat(self, name: str, value: Argument) -> None:
        group = self._group
        if group is not None and isinstance(value, int):
            self._store.edit(
                f"Set repeat of {group.name}",
                lambda d: set_repeat(d, group.name, value),
                merge=f"{group.name}.repeat",
            )

    def _rename(self, before: str, name: str) -> None:
        if self._store.document.group(before) is not None:
            self._store.edit(f"Rename {before} to {name}", lambda d: rename_group(d, before, name))

    def _keep(self) -> None:
        if self._group is not None:
            self.keep_asked.emit(self._group.name)

    def _repair(self) -> None:
        if self._problem is not None and self._problem.fix is not None:
            fix = self._problem.fix
            mend(self._store, fix)
