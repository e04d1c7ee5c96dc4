"""Document -> Plan: the drawing checked, ordered and counted, once after each change."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.datasets.catalogue import datasets
from explorer.datasets.dataset import Dataset
from explorer.graph.block import Block, Call, Shape, ShapeError
from explorer.graph.custom import NotTrusted, Untried
from explorer.graph.document import Document, Node, Wire
from explorer.graph.membership import units
from explorer.plan.grouping import Part, parts_of, repeat_problems
from explorer.plan.openings import Openings
from explorer.plan.problems import (
    Problem,
    Value,
    circle_problem,
    missing_input,
    missing_output,
    second_end,
    unknown_dataset,
    wrong_classes,
)
from explorer.plan.repairs import mend


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the network: a node with its torch call, where its inputs come from, and
    what it costs.
    """

    node: str
    block: Block
    call: Call
    inputs: tuple[Value, ...]
    input_shapes: tuple[Shape, ...]
    output_shapes: tuple[Shape, ...]
    weights: int  # trainable numbers, of all copies
    macs: int  # multiply-accumulates for one sample, of all copies
    group: str = ""  # the group that it is in; steps of a group follow each other
    copies: int = 1  # how often the group is computed, one copy after the other

    def path(self, copy: int) -> tuple[str, ...]:
        """Where the layer of a copy is in the network: ("block1", "0", "conv1")."""
        if not self.group:
            return (self.node,)
        return (self.group, *([str(copy)] if self.copies > 1 else []), self.node)


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
        order = _ordered(self.document)
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
        steps = tuple(step for name, step in self.steps.items() if name in used or not used)
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
        sources: list[Value] = [(wire.source, wire.output) for wire in wires if wire is not None]
        if len(sources) < len(wires) or any(value not in self.shapes for value in sources):
            return
        shapes = tuple(self.shapes[value] for value in sources)
        try:
            outputs = block.output_shapes(*shapes)
        except ShapeError as error:
            self.problems.append(self._shape_problem(node, error, shapes))
            return
        self.shapes.update(
            {(node.id, port): shape for port, shape in zip(block.outputs, outputs, strict=True)}
        )
        if block.role == "layer":
            group = self.document.group_of.get(node.id)
            copies = group.repeat if group is not None else 1
            self.steps[node.id] = Step(
                node.id,
                block,
                block.layer(*shapes),
                tuple(sources),
                shapes,
                outputs,
                block.weight_count(*shapes) * copies,
                block.macs(*shapes) * copies,
                group.name if group is not None else "",
                copies,
            )

    def _report_open_ports(self, node: Node, wires: list[Wire | None]) -> None:
        for port, wire in zip(node.block.inputs, wires, strict=True):
            if wire is None:
                where = f" '{port}'" if len(wires) > 1 else ""
                self.open_ports.append((len(self.problems), node.id, port))
                self.problems.append(
                    Problem(
                        f"{node.id} has no input{where}. Draw a wire to it from the block before.",
                        node.id,
                    )
                )

    def _shape_problem(self, node: Node, error: ShapeError, shapes: tuple[Shape, ...]) -> Problem:
        """In words, with what leads to inputs that the block takes."""
        mended = mend(node.block, shapes, self._classes())
        port = (error.fix.insert_at if error.fix else "") or node.block.inputs[0]
        wire = self.into[node.id, port]
        words = str(error)
        if len(shapes) > 1:
            words = self._with_sources(node, words)
        if len(shapes) == 1 and " gets " in words:
            words = words.replace(" gets ", f" {wire.source} gives ", 1) + self._origin(wire)
        fix = mended.fix(node.id) if mended else None
        if isinstance(error, Untried):  # the wire is not to blame
            return Problem(f"{node.id} {words}.", node.id, trust=isinstance(error, NotTrusted))
        return Problem(f"{node.id} {words}.", node.id, wire, fix)

    def _with_sources(self, node: Node, words: str) -> str:
        """ "a is 8 x 28 x 28" with the block that a comes from: "a (conv2) is ..."."""
        for port in node.block.inputs:
            source = self.into[node.id, port].source
            words = re.sub(rf"\b{port} is (?=\d)", f"{port} ({source}) is ", words, count=1)
        return words

    def _origin(self, wire: Wire) -> str:
        """What a flattened value was before: where the number in the message comes from."""
        step = self.steps.get(wire.source)
        if step is None or len(step.input_shapes) != 1:
            return ""
        (before,), after = step.input_shapes, step.output_shapes[0]
        flattened = before.size == after.size and before.dims != after.dims
        return f" ({before})" if flattened and len(before.dims) > len(after.dims) else ""

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


def _ordered(document: Document) -> list[str]:
    """Nodes in an order that can be computed, those of a group in a row; among the free, the order
    in which they were placed. Nodes of a circle are missing.
    """
    pairs = [(wire.source, wire.target) for wire in document.wires]
    if not document.groups:
        return _sorted(document.nodes, pairs)
    unit_of = units(document.groups)
    names = dict.fromkeys(unit_of.get(name, name) for name in document.nodes)
    between = [(unit_of.get(a, a), unit_of.get(b, b)) for a, b in pairs]
    members = {group.name: group.members for group in document.groups}
    within: dict[str, list[tuple[str, str]]] = {name: [] for name in members}
    for pair, (source, target) in zip(pairs, between, strict=True):
        if source == target and source in within:
            within[source].append(pair)
    order = []
    for unit in _sorted(names, [(a, b) for a, b in between if a != b or a not in within]):
        order += _sorted(members[unit], within[unit]) if unit in members else [unit]
    return order


def _sorted(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Topological order (Kahn 1962) of what leads to what."""
    waiting = dict.fromkeys(names, 0)
    followers: dict[str, list[str]] = {}
    for source, target in pairs:
        waiting[target] += 1
        followers.setdefault(source, []).append(target)
    free = deque(name for name, count in waiting.items() if count == 0)
    order = []
    while free:
        name = free.popleft()
        order.append(name)
        for follower in followers.get(name, ()):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                free.append(follower)
    return order
