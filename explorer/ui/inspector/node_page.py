"""Everything about the selected block: name, problem, parameters, shapes, cost, explanation."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.blocks.letters import explained
from explorer.graph.block import Argument, Block, Shape, UnknownBlock
from explorer.graph.document import Node
from explorer.graph.edits import rename, set_params
from explorer.plan.amounts import amount
from explorer.plan.plan import Plan
from explorer.ui.canvas.placing import mend
from explorer.ui.canvas.summary import incoming
from explorer.ui.inspector.form import ParameterForm
from explorer.ui.inspector.name_field import NameField
from explorer.ui.inspector.parts import Facts, ProblemBox, heading, kind_style, paragraph, told
from explorer.ui.kit.one_line import one_line
from explorer.ui.kit.theme import Colours
from explorer.ui.session.at_once import NEXT, NOW
from explorer.ui.session.built_from import dropout_name
from explorer.ui.session.store import Store


class NodePage(QWidget):
    """Widgets stay while the same block is shown, so that typing is never interrupted."""

    trust_asked = Signal(str)  # of this node's file

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._node: Node | None = None
        self._form: ParameterForm | None = None
        self._form_of: tuple[str, type[Block]] | None = None
        self._colours: Colours | None = None
        self._run = False  # one goes on, or is held
        self._build()

    def _build(self) -> None:
        self.name = NameField(self._store, "nodeName", "Name of the block", "nameFault")
        self.name.renamed.connect(self._rename)
        self.kind = QLabel()
        self.kind.setObjectName("nodeKind")
        self.problem = ProblemBox(self._repair)
        self._parameters = heading("Parameters")
        self._shape_heading = heading("Shape")
        self.shapes = Facts("nodeShapes")
        self.arithmetic = paragraph("shapeArithmetic")
        self._cost_heading = heading("Cost")
        self.cost = Facts("nodeCost")
        self.lead = paragraph("nodeLead", "faint")
        self.about_heading = heading("What this block does")
        self.about = paragraph("nodeSummary", "faint")
        self.letters = paragraph("nodeLetters", "faint")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 12, 12, 12)
        self._layout.setSpacing(6)
        for widget in (
            self.name,
            self.name.fault,
            self.kind,
            self.lead,
            self.problem,
            self._parameters,
            self._shape_heading,
            self.shapes,
            self.arithmetic,
            self._cost_heading,
            self.cost,
            self.about_heading,
            self.about,
            self.letters,
        ):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)

    def show_node(self, node: Node, plan: Plan) -> None:
        """Show a block as it is now."""
        self._node = node
        self.name.show_name(node.id)
        block = node.block
        shapes = plan.input_shapes(node.id) if node.id in plan.document.nodes else None
        self._show_form(node, shapes)
        title = block.name if isinstance(block, UnknownBlock) else block.title
        self.kind.setText(title)
        summary = block.summary or "This version does not know the block."
        self.about.setText(summary)
        signs = explained(type(block))
        self.letters.setText(f"In the formula: {signs}." if signs else "")
        self.lead.setText(one_line(summary))
        self.problem.show_problem(plan.problem_of.get(node.id))
        self._show_shapes(node, plan, shapes)
        self._tint()

    def show_run(self, run: bool) -> None:
        """While a run is on, each field says when a change acts."""
        self._run = run
        self._show_hints()

    def _show_hints(self) -> None:
        node, document = self._node, self._store.document
        if self._form is None or node is None:
            return
        alone = document.group_of.get(node.id) is None
        at_once = dropout_name(node.block) if alone else ""
        names = self._form.editors if self._run else ()
        self._form.show_hints({name: NOW if name == at_once else NEXT for name in names})

    def first_field(self) -> QWidget:
        """The first parameter, or the name where there is none."""
        editors = list(self._form.editors.values()) if self._form is not None else []
        return editors[0].widget if editors else self.name

    def field(self, name: str) -> QWidget:
        """Of this parameter, or the first where the block does not have it."""
        found = self._form.editors.get(name) if self._form is not None else None
        return found.widget if found is not None else self.first_field()

    def recolour(self, colours: Colours) -> None:
        """Another scheme."""
        self._colours = colours
        self.problem.recolour(colours)
        self._tint()

    def _tint(self) -> None:
        c = self._colours
        if c is not None and self._node is not None:
            colour = c.groups.get(self._node.block.group, c.faint)
            self.kind.setStyleSheet(kind_style(colour))

    def _show_form(self, node: Node, shapes: tuple[Shape, ...] | None) -> None:
        block = node.block
        key = (node.id, type(block))
        parameters = () if isinstance(block, UnknownBlock) else block.form()
        if self._form is None or self._form_of != key:
            if self._form is not None:
                self._layout.removeWidget(self._form)
                self._form.hide()
                self._form.deleteLater()
            self._form, self._form_of = ParameterForm(parameters, self._set), key
            self._layout.insertWidget(self._layout.indexOf(self._parameters) + 1, self._form)
        self._parameters.setVisible(bool(parameters))
        self._form.setVisible(bool(parameters))
        self._form.show_values(block.entries(), lambda name: _automatic(block, name, shapes))
        self._show_hints()

    def _show_shapes(self, node: Node, plan: Plan, shapes: tuple[Shape, ...] | None) -> None:
        block = node.block
        rows = []
        for place, port in enumerate(block.inputs):
            wire = plan.document.into(node.id, port)
            shape = plan.shapes.get((wire.source, wire.output)) if wire else None
            title = "in" if len(block.inputs) == 1 else f"in {block.inputs[place]}"
            rows.append((title, told(shape) if wire else "not connected"))
        outs = [plan.shapes.get((node.id, port)) for port in block.outputs]
        many = len(block.outputs) > 1
        rows += [
            (f"out {port}" if many else "out", told(shape))
            for port, shape in zip(block.outputs, outs, strict=True)
        ]
        self.shapes.show_rows(rows)
        known = shapes is not None and None not in outs
        lines = block.arithmetic(*shapes) if known and shapes else ()
        self.arithmetic.setText("\n".join(lines))
        self.arithmetic.setVisible(bool(lines))
        self._show_cost(node, shapes if known else None, outs)

    def _show_cost(
        self, node: Node, shapes: tuple[Shape, ...] | None, outs: list[Shape | None]
    ) -> None:
        known = shapes is not None and node.block.role == "layer"
        self._cost_heading.setVisible(known)
        self.cost.setVisible(known)
        if shapes is None or not known:
            return
        size = sum(shape.size for shape in outs if shape is not None)
        self.cost.show_rows(
            [
                ("weights", f"{node.block.weight_count(*shapes):,}"),
                ("multiply-adds a sample", f"{node.block.macs(*shapes):,}"),
                ("output a sample", f"{size:,} ({amount(4 * size)})"),
            ]
        )

    def _set(self, name: str, value: Argument) -> None:
        node = self._node
        if node is None:
            return
        done = self._store.edit(
            f"Set {name} of {node.id}",
            lambda d: set_params(d, node.id, {name: value}),
            merge=f"{node.id}.{name}",
        )
        if not done and self._node is not None:
            self.show_node(self._node, self._store.plan)

    def _rename(self, before: str, name: str) -> None:
        self._store.edit(f"Rename {before} to {name}", lambda d: rename(d, before, name))

    def _repair(self) -> None:
        problem = self._store.plan.problem_of.get(self._node.id) if self._node else None
        if problem is not None and problem.trust and self._node is not None:
            self.trust_asked.emit(self._node.id)
        elif problem is not None and problem.fix is not None:
            fix = problem.fix
            mend(self._store, fix)


def _automatic(block: Block, name: str, shapes: tuple[Shape, ...] | None) -> int | None:
    """What None stands for: the wire's size, or another parameter of the block."""
    taken = incoming(name, shapes)
    if taken is None and name == "stride":
        other = block.values().get("kernel_size")
        return other if isinstance(other, int) else None
    return taken
