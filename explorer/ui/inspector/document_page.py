"""What is shown while no block is selected: title, dataset, training settings, totals."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from explorer.graph.block import Argument, Parameter
from explorer.graph.document import SECTIONS, Training
from explorer.graph.edits import set_title, set_training
from explorer.plan.plan import Plan
from explorer.plan.problems import Problem
from explorer.ui.canvas.placing import mend
from explorer.ui.inspector.form import ParameterForm, spoken
from explorer.ui.inspector.parts import Facts, ProblemBox, heading, paragraph
from explorer.ui.inspector.section import Section
from explorer.ui.kit.theme import Colours
from explorer.ui.kit.undo_keys import UndoKeys
from explorer.ui.session.at_once import when_it_acts
from explorer.ui.session.store import Store


class DocumentPage(QWidget):
    """The whole network at a glance."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._problem: Problem | None = None
        self.title = QLineEdit()
        self.title.setObjectName("documentTitle")
        self.title.setAccessibleName("Title of the network")
        self.title.setProperty("role", "title")
        self.title.textEdited.connect(self._set_title)
        UndoKeys(self.title)
        self.problem = ProblemBox(self._repair)
        self.dataset = paragraph("datasetSummary", "faint")
        self.dataset_facts = Facts("datasetFacts")
        self.form, *more = (
            ParameterForm(_parameters(part), self._set, in_words=True) for part in SECTIONS
        )
        self.sections = {
            title: (Section(f"section_{title.split()[0].lower()}", title, form), form)
            for title, form in zip(list(SECTIONS)[1:], more, strict=True)
        }
        self.totals = Facts("totals")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(6)
        for widget in (
            self.title,
            self.problem,
            heading("Dataset"),
            self.dataset,
            self.dataset_facts,
            heading("Training"),
            self.form,
            *(section for section, _ in self.sections.values()),
            heading("Network"),
            self.totals,
        ):
            layout.addWidget(widget)
        layout.addStretch(1)

    def show_document(self, plan: Plan) -> None:
        """Show the document as it is now."""
        document, dataset = plan.document, plan.dataset
        if self.title.text() != document.title:
            self.title.setText(document.title)
        self.form.show_values(document.training.values(), lambda name: None)
        for title, (section, form) in self.sections.items():
            form.show_values(document.training.values(), lambda name: None)
            section.summarise(_summary(document.training, title))
        whole = (p for p in plan.problems if p.node is None)
        self._problem = next(whole, None) if document.nodes else None  # an empty one is no fault
        self.problem.show_problem(self._problem)
        if dataset is not None:
            self.dataset.setText(f"{dataset.title}: {dataset.summary}")
            self.dataset_facts.show_rows(
                [
                    ("sample", f"{dataset.shape} {dataset.shape.kind}"),
                    ("classes", f"{len(dataset.classes)}"),
                    ("training samples", f"{dataset.train_size:,}"),
                    ("test samples", f"{dataset.test_size:,}"),
                ]
            )
        else:
            self.dataset.setText(f"'{document.dataset}' is not here.")
            self.dataset_facts.show_rows([])
        self.totals.show_rows(
            [
                ("blocks", f"{len(document.nodes):,}"),
                ("weights", f"{plan.weights:,}" if plan.ready else "not known yet"),
                ("multiply-adds a sample", f"{plan.macs:,}" if plan.ready else "not known yet"),
                ("problems", f"{len(plan.problems):,}" if plan.problems else "none"),
            ]
        )

    def show_run(self, run: Training | None) -> None:
        """While a run with these settings is on, each field says when a change acts."""
        now = self._store.document.training
        hints = {} if run is None else {name: when_it_acts(name, run, now) for name in now.values()}
        for form in (self.form, *(form for _, form in self.sections.values())):
            form.show_hints(hints)

    def first_field(self) -> QWidget:
        """The title."""
        return self.title

    def field(self, name: str) -> QWidget:
        """Of this training setting; its section is unfolded."""
        for section, form in self.sections.values():
            if name in form.editors:
                section.unfold()
                return form.editors[name].widget
        return self.form.editors[name].widget

    def recolour(self, colours: Colours) -> None:
        """Another scheme."""
        self.problem.recolour(colours)

    def _set_title(self, text: str) -> None:
        self._store.edit("Set the title", lambda d: set_title(d, text), merge="title")

    def _set(self, name: str, value: Argument) -> None:
        done = self._store.edit(
            f"Set {spoken(name)}",
            lambda d: set_training(d, {name: value}),
            merge=f"training.{name}",
        )
        if not done:
            self.show_document(self._store.plan)

    def _repair(self) -> None:
        fix = self._problem.fix if self._problem is not None else None
        if fix is not None:
            mend(self._store, fix)


def _parameters(section: str) -> tuple[Parameter, ...]:
    known = {parameter.name: parameter for parameter in Training.parameters()}
    return tuple(known[name] for name in SECTIONS[section])


def _summary(training: Training, section: str) -> str:
    """What differs from the usual: "rotate 10, noise 0.1"; a choice speaks for itself."""
    values, usual = training.values(), Training().values()
    told = [
        spoken(name)
        if value is True
        else value
        if isinstance(value, str)
        else f"{spoken(name)} {value:g}"
        for name in SECTIONS[section]
        if (value := values[name]) != usual[name] and value is not None
    ]
    return ", ".join(told) or ("none" if section == "Augmentation" else training.precision)
