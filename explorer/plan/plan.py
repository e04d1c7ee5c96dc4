"""Document -> Plan: the drawing checked, ordered and counted, once after each change."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.datasets.catalogue import datasets
from explorer.datasets.dataset import Dataset
from explorer.graph.block import Shape, ShapeError
from explorer.graph.document import Document, Node, Wire
from explorer.graph.limits import MOST_NUMBERS
from explorer.plan.advice import advice
from explorer.plan.batches import batch_problems
from explorer.plan.grouping import Part, parts_of, repeat_problems
from explorer.plan.layouts import plain_where_needed
from explorer.plan.openings import Openings
from explorer.plan.order import ordered
from explorer.plan.problems import (
    Problem,
    circle_problem,
    missing_input,
    missing_output,
    open_port,
    second_end,
    too_many_numbers,
    unknown_dataset,
    wrong_classes,
    wrong_shapes,
)
from explorer.plan.repairs import mend
from explorer.plan.step import Step, Value, outputs_of


@dataclass(frozen=True)
class Plan:
    """A document that was checked. Steps are in an order that can be computed; `ready` says whether
    it can be trained.
    """

    document: Document
    dataset: Dataset | None
    steps: tuple[Step, ...] = ()  # on the way from the Input to the Output; these two excluded
    source: Value | None = None  # the Input's value
    result: Value | None = None  # the value that the Output takes: the logits
    shapes: Mapping[Value, Shape] = field(
        default_factory=dict
    )  # of every value that could be worked out
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()  # what is doubtful; keeps nobody from training
    asides: tuple[str, ...] = ()  # nodes that lead nowhere: not trained, not in the code

    @property
    def ready(self) -> bool:
        """Whether there is a network to train."""
        return not self.problems and self.result is not None

    @cached_property
    def step_of(self) -> Mapping[str, Step]:
        """The steps by node id."""
        return {step.node: step for step in self.steps}

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """The groups on the way to the Output, by name."""
        return parts_of(self.steps, self.document, self.result)

    @cached_property
    def problem_of(self) -> Mapping[str, Problem]:
        """The first problem of each node that has one."""
        found: dict[str, Problem] = {}
        for problem in self.problems:
            if problem.node is not None:
                found.setdefault(problem.node, problem)
        return found

    @cached_property
    def weights(self) -> int:
        """Trainable numbers of the whole network."""
        return sum(step.weights for step in self.steps)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of the whole network for one sample."""
        return sum(step.macs for step in self.steps)

    def input_shapes(self, node: str) -> tuple[Shape, ...] | None:
        """The shapes at a node's input ports, or None unless all are known."""
        found = []
        for port in self.document.nodes[node].block.inputs:
            wire = self._into.get((node, port))
            shape = self.shapes.get((wire.source, wire.output)) if wire else None
            if shape is None:
                return None
            found.append(shape)
        return tuple(found)

    def loose_steps(self) -> tuple[Step, ...]:
        """The steps of an unfinished drawing, as far as their shapes are known."""
        found = []
        for name in dict.fromkeys(name for name, _ in self.shapes):
            node, shapes = self.document.nodes[name], self.input_shapes(name)
            if node.block.role != "layer" or not shapes:
                continue
            wires = [self._into[name, port] for port in node.block.inputs]
            inputs = tuple((wire.source, wire.output) for wire in wires)
            outputs = tuple(self.shapes[name, port] for port in node.block.outputs)
            group = self.document.group_of.get(name)
            found.append(Step.of(node, group, inputs, shapes, outputs))
        return plain_where_needed(found)

    @cached_property
    def _into(self) -> Mapping[tuple[str, str], Wire]:
        return {(wire.target, wire.input): wire for wire in self.document.wires}


def plan(document: Document) -> Plan:
    """Check and order a document; never raises for anything that can be drawn."""
    return _Planner(document).plan()


class _Planner:
    """One pass over a document; thrown away afterwards."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.dataset = datasets().get(document.dataset)
        self.into = {(wire.target, wire.input): wire for wire in document.wires}
        self.shapes: dict[Value, Shape] = {}
        self.steps: dict[str, Step] = {}
        self.problems: list[Problem] = []
        self.open_ports: list[tuple[int, str, str]] = []  # place in `problems`, node, port

    def plan(self) -> Plan:
        if self.dataset is None:
            self.problems.append(unknown_dataset(self.document))
        order = ordered(self.document)
        placed = set(order)
        circle = [name for name in self.document.nodes if name not in placed]
        for name in order:
            self._visit(self.document.nodes[name])
        openings = Openings(self.document, self.shapes, self._sample(), self._classes())
        self._offer_wires(openings)
        if circle:
            self.problems.insert(0, circle_problem(self.document, circle, openings))
        source, result = self._ends(openings)
        used = self._leading_to(result)
        used_steps = (step for name, step in self.steps.items() if name in used or not used)
        steps = plain_where_needed(used_steps)
        self.problems += batch_problems(steps, self.document.training.batch)
        if self.document.groups:
            parts = parts_of(steps, self.document, result)
            self.problems += repeat_problems(parts, self.shapes)
        return Plan(
            document=self.document,
            dataset=self.dataset,
            steps=steps if used else (),
            source=source,
            result=result,
            shapes=self.shapes,
            problems=tuple(
                p for p in self.problems if p.node is None or not used or p.node in used
            ),
            advice=advice(self.document, steps, result) if used else (),
            asides=tuple(
                n
                for n, node in self.document.nodes.items()
                if used and n not in used and node.block.role == "layer"
            ),
        )

    def _sample(self) -> Shape | None:
        return self.dataset.shape if self.dataset is not None else None

    def _classes(self) -> int | None:
        return len(self.dataset.classes) if self.dataset is not None else None

    def _offer_wires(self, openings: Openings) -> None:
        """Fixes of open ports, now that every shape is known."""
        for place, name, port in self.open_ports:
            fix = openings.open_port(self.document.nodes[name], port)
            self.problems[place] = replace(self.problems[place], fix=fix)

    def _visit(self, node: Node) -> None:
        block = node.block
        if block.role == "input":
            if self.dataset is not None:
                self.shapes[node.id, block.outputs[0]] = block.output_shape(self.dataset.shape)
            return
        wires = [self.into.get((node.id, port)) for port in block.inputs]
        self._report_open_ports(node, wires)
        led = [wire for wire in wires if wire is not None]
        sources = tuple((wire.source, wire.output) for wire in led)
        if len(sources) < len(wires) or any(value not in self.shapes for value in sources):
            return
        shapes = tuple(self.shapes[value] for value in sources)
        try:
            outputs = outputs_of(block, shapes)
        except ShapeError as error:
            mended = mend(block, shapes, self._classes())
            fix = mended.fix(node.id) if mended else None
            before = self.steps.get(led[0].source)
            self.problems.append(wrong_shapes(node, error, led, before, fix))
            return
        if any(shape.size > MOST_NUMBERS for shape in outputs):
            self.problems.append(too_many_numbers(node, outputs, led[0]))
            return
        self.shapes.update(
            {(node.id, port): shape for port, shape in zip(block.outputs, outputs, strict=True)}
        )
        if block.role == "layer":
            group = self.document.group_of.get(node.id)
            self.steps[node.id] = Step.of(node, group, sources, shapes, outputs)

    def _report_open_ports(self, node: Node, wires: list[Wire | None]) -> None:
        for port, wire in zip(node.block.inputs, wires, strict=True):
            if wire is None:
                self.open_ports.append((len(self.problems), node.id, port))
                self.problems.append(open_port(node, port))

    def _ends(self, openings: Openings) -> tuple[Value | None, Value | None]:
        """The Input's value and the value that reaches the Output, each reported where it is
        missing or double.
        """
        nodes = self.document.nodes.values()
        inputs = [node for node in nodes if node.block.role == "input"]
        outputs = [node for node in nodes if node.block.role == "output"]
        if not inputs:
            self.problems.append(missing_input(openings))
        if not outputs:
            self.problems.append(missing_output(openings))
        for found, title in ((inputs, "Input"), (outputs, "Output")):
            self.problems += [second_end(found[0], node, title) for node in found[1:]]
        source = (inputs[0].id, inputs[0].block.outputs[0]) if len(inputs) == 1 else None
        result = self._logits(outputs[0]) if len(outputs) == 1 else None
        return source, result

    def _logits(self, output: Node) -> Value | None:
        wire = self.into.get((output.id, output.block.inputs[0]))
        if wire is None or (wire.source, wire.output) not in self.shapes:
            return None
        value = (wire.source, wire.output)
        if self.dataset is None or output.id in {p.node for p in self.problems}:
            return None
        if self.shapes[value].dims[-1] != len(self.dataset.classes):
            self.problems.append(
                wrong_classes(self.document, output, wire, self.shapes, self.dataset)
            )
        return value

    def _leading_to(self, result: Value | None) -> set[str]:
        """Every node that the result depends on, its Output and the Input included; empty while
        there is no result.
        """
        if result is None:
            return set()
        todo, used = deque([result[0]]), {result[0]}
        used |= {node.id for node in self.document.nodes.values() if node.block.role != "layer"}
        while todo:
            name = todo.popleft()
            for port in self.document.nodes[name].block.inputs:
                wire = self.into.get((name, port))
                if wire is not None and wire.source not in used:
                    used.add(wire.source)
                    todo.append(wire.source)
        return used
