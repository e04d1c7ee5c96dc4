"""Everything about the selected group: name, problem, repeat, what goes in and out, cost."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from explorer.graph.block import Shape
from explorer.graph.document import Group
from explorer.graph.folding import terminals_of
from explorer.graph.form import Argument, Form, param
from explorer.graph.group_rows import MOST_COPIES
from explorer.graph.groups import rename_group, set_repeat
from explorer.graph.names import LONGEST, name_fault
from explorer.plan.plan import Plan
from explorer.plan.problems import Problem
from explorer.ui.canvas.grouping import Grouping
from explorer.ui.canvas.placing import mend
from explorer.ui.inspector.form import ParameterForm
from explorer.ui.inspector.parts import Facts, ProblemBox, heading, paragraph
from explorer.ui.named import named
from explorer.ui.store import Selection, Store
from explorer.ui.theme import Colours

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
        self.name = named(QLineEdit(), "groupName", "Name of the group")
        self.name.setMaxLength(LONGEST + 1)
        font = self.name.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.Bold)
        self.name.setFont(font)
        self.name.editingFinished.connect(self._rename)
        self.name.textEdited.connect(self._check_name)
        self.fault = paragraph("groupNameFault", "error")
        self.fault.hide()
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
            self.fault,
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
        before, self._group = self._group, group
        if before is None or before.name != group.name:
            self.name.setText(group.name)
            self.fault.hide()
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
        colour = colours.faint
        self.kind.setStyleSheet(
            f"color: {colour}; border: 0px; border-left: 4px solid {colour}; padding-left: 6px;"
        )

    def _show_facts(self, group: Group, plan: Plan) -> None:
        terminals = terminals_of(plan.document, group)
        rows = []
        for label, ports in terminals.inputs.items():
            wire = plan.document.into(*ports[0])
            shape = plan.shapes.get((wire.source, wire.output)) if wire else None
            title = "in" if len(terminals.inputs) == 1 else f"in {label}"
            rows.append((title, _told(shape) if wire else "not connected"))
        for label, port in terminals.outputs.items():
            title = "out" if len(terminals.outputs) == 1 else f"out {label}"
            rows.append((title, _told(plan.shapes.get(port))))
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

    def _check_name(self, text: str) -> None:
        fault = self._name_fault(text.strip())
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _name_fault(self, name: str) -> str:
        if self._group is None or name == self._group.name:
            return ""
        return name_fault(name, self._store.document.names)

    def _rename(self) -> None:
        group, name = self._group, self.name.text().strip()
        if group is None or name == group.name or self._store.document.group(group.name) is None:
            return
        if self._name_fault(name):
            self.name.setText(group.name)  # the old name stands; the reason stays in sight
            return
        self._store.edit(
            f"Rename {group.name} to {name}", lambda d: rename_group(d, group.name, name)
        )

    def _keep(self) -> None:
        if self._group is not None:
            self.keep_asked.emit(self._group.name)

    def _repair(self) -> None:
        if self._problem is not None and self._problem.fix is not None:
            fix = self._problem.fix
            mend(self._store, fix)


def _told(shape: Shape | None) -> str:
    return f"{shape} {shape.kind}" if shape is not None else "not known yet"
