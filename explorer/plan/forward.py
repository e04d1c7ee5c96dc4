"""The statements of `forward` as a person would write them: folded calls, one running `x`."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from explorer.graph.block import Shape
from explorer.plan.plan import Plan, Step
from explorer.plan.problems import Value

WIDTH = 88  # what formatters allow when nobody tells them otherwise
INDENT = 8
FOLDED = ("activation", "pooling", "regularisation")  # groups written around the layer before
DEEPEST = 3
GIVES_PAIRS = ("nn.LSTM", "nn.GRU", "nn.RNN", "nn.MultiheadAttention")
LONGEST_NAME, SHORTEST_NAME = 16, 3  # of a variable
SKIP = "  # fmt: skip"  # the last resort for a line that is too long
INDEX = re.compile(r"\{\w+\}\[.*\]")
RESERVED = frozenset({"torch", "nn", "F", "self", "x", "_", "l", "O", "I", *dir(builtins)})

# A value stands in an expression as this letter and its number: no name of a document has it.
MARK = "ξ"
MARKED = re.compile(rf"{MARK}(\d+)")


@dataclass(frozen=True, slots=True)
class _Operation:
    """One expression over values; several make a step."""

    value: int
    template: str
    ports: Mapping[str, int]
    layer: str
    step: Step
    shape: Shape | None

    @property
    def fields(self) -> Counter[str]:
        """How often each placeholder stands in the template."""
        return Counter(name for _, name, _, _ in Formatter().parse(self.template) if name)

    def read(self) -> Counter[int]:
        """How often each value stands in the template."""
        return Counter(
            {self.ports[name]: n for name, n in self.fields.items() if name in self.ports}
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """`value = text`, values still marked."""

    value: int
    text: str
    shape: Shape | None
    pair: bool  # a call that gives (output, state): x, _ = ...

    @property
    def reads(self) -> set[int]:
        """The values in the text."""
        return {int(number) for number in MARKED.findall(self.text)}


def statements(
    steps: Sequence[Step],
    sources: Mapping[Value, str],
    result: Value | None,
    layers: Mapping[str, str],
) -> list[str]:
    """Lines of the body; `sources` are the values that come in and their names, the first of them
    `x`; `layers` says under which attribute a node's layer stands.

    Without a result, the drawing being unfinished, nothing is returned.
    """
    trace = _Trace(sources, layers)
    for step in _branch_by_branch(steps, result):
        trace.add(step)
    last = trace.number.get(result) if result is not None else None
    written = _folded(_needed(trace.operations, last), last)
    for longest in (LONGEST_NAME, SHORTEST_NAME):
        names = _names(written, trace, last, longest)
        lines = [_line(statement, names, last) for statement in written]
        if not any(line.endswith(SKIP) for line in lines):
            break
    if last is not None and all(statement.value != last for statement in written):
        lines.append(f"return {names[last]}")
    return [line for text in lines for line in text.split("\n")]


class _Trace:
    """Steps taken apart into operations over numbered values."""

    def __init__(self, sources: Mapping[Value, str], layers: Mapping[str, str]) -> None:
        self.layers = layers
        self.operations: list[_Operation] = []
        self.number: dict[Value, int] = {}
        self.owner: list[Value] = []
        self.names: dict[int, str] = {}  # of the values that come in
        for source, name in (sources or {("", ""): "x"}).items():
            self.number[source] = self._new(source)
            self.names[self.number[source]] = name

    def _new(self, owner: Value) -> int:
        self.owner.append(owner)
        return len(self.owner) - 1

    def add(self, step: Step) -> None:
        ports = {
            port: self.number[value]
            for port, value in zip(step.block.inputs, step.inputs, strict=True)
        }
        first = step.block.inputs[0]
        for place, template in enumerate(step.call.forward):
            only = len(step.call.outputs) == 1 and step.call.outputs[0] == "{y}"
            last = only and place == len(step.call.forward) - 1
            shape = step.output_shapes[0] if last and step.output_shapes else None
            ports = {**ports, first: self._operation(step, template, ports, shape, 0)}
        final = ports[first]
        for place, template in enumerate(step.call.outputs):
            shape = step.output_shapes[place] if step.output_shapes else None
            self.number[step.node, step.block.outputs[place]] = self._operation(
                step, template, {"y": final}, shape, place
            )

    def _operation(
        self,
        step: Step,
        template: str,
        ports: Mapping[str, int],
        shape: Shape | None,
        output: int,
    ) -> int:
        for port, value in ports.items():
            if template == f"{{{port}}}":
                return value  # just another name for it
        value = self._new((step.node, step.block.outputs[output]))
        layer = f"self.{self.layers.get(step.node, step.node)}"
        self.operations.append(_Operation(value, template, ports, layer, step, shape))
        return value


def _branch_by_branch(steps: Sequence[Step], result: Value | None) -> list[Step]:
    """Depth first from the result, so that a branch is written in one piece; else as they come."""
    if result is None:
        return list(steps)
    of = {step.node: step for step in steps}
    order: dict[str, Step] = {}
    stack = [(result[0], False)]
    while stack:
        node, ready = stack.pop()
        if node not in of or node in order:
            continue
        if ready:
            order[node] = of[node]
        else:
            stack.append((node, True))
            stack += [(source, False) for source, _ in reversed(of[node].inputs)]
    return list(order.values())


def _needed(operations: Sequence[_Operation], last: int | None) -> list[_Operation]:
    """Without the outputs that nobody reads; of an unfinished drawing all."""
    if last is None:
        return list(operations)
    read = {last}
    kept = []
    for operation in reversed(operations):
        if operation.value in read:
            kept.append(operation)
            read.update(operation.ports.values())
    return kept[::-1]


def _folded(operations: Sequence[_Operation], last: int | None) -> list[Statement]:
    """One statement for each run of operations that a person writes around each other."""
    needed = Counter[int]()
    for operation in operations:
        needed.update(operation.read())
    written: list[Statement] = []
    open_: Statement | None = None
    depth, before = 0, None
    for operation in operations:
        text = None
        if open_ is not None and before is not None:
            single = needed[open_.value] == 1 and open_.value != last and not open_.pair
            if single and depth < DEEPEST and _folds(before, operation, open_.value):
                text = _expression(operation, {open_.value: open_.text})
                text = text if _fits(text, operation.shape) else None
            if text is None:
                written.append(open_)
        depth = depth + 1 if text is not None else 1
        text = text if text is not None else _expression(operation, {})
        open_ = Statement(operation.value, text, operation.shape, _is_pair(operation, text))
        before = operation
    return [*written, open_] if open_ is not None else written


def _folds(before: _Operation, operation: _Operation, value: int) -> bool:
    if operation.read()[value] != 1:
        return False
    index = INDEX.fullmatch(before.template) is not None
    same = before.step.node == operation.step.node
    around = operation.step.block.group in FOLDED and operation.fields.total() <= 2
    return around or index or (same and "{layer}" not in operation.template)


def _fits(text: str, shape: Shape | None) -> bool:
    comment = f"  # {shape}" if shape else ""
    return INDENT + len("return ") + len(MARKED.sub("x", text)) + len(comment) <= WIDTH - 8


def _is_pair(operation: _Operation, text: str) -> bool:
    """Whether the text is nothing but a layer's call and an index that takes the first result."""
    called = text.startswith(f"{operation.layer}(") and text.endswith(")[0]")
    first = operation.template.endswith("[0]") and operation.template.count("[") == 1
    return called and first and operation.step.call.layer in GIVES_PAIRS


def _expression(operation: _Operation, texts: Mapping[int, str]) -> str:
    """The template with its values put in, and parentheses where Python would read it otherwise."""
    filled = {"layer": operation.layer}
    for port, value in operation.ports.items():
        text = texts.get(value)
        filled[port] = f"{MARK}{value}"
        if text is not None:
            whole = operation.template.format_map({**filled, **_marks(operation), port: text})
            bracketed = operation.template.format_map(
                {**filled, **_marks(operation), port: f"({text})"}
            )
            same = ast.dump(ast.parse(whole)) == ast.dump(ast.parse(bracketed))
            filled[port] = text if same else f"({text})"
    return operation.template.format_map(filled)


def _marks(operation: _Operation) -> dict[str, str]:
    return {port: f"{MARK}{value}" for port, value in operation.ports.items()}


def _names(
    written: Sequence[Statement], trace: _Trace, last: int | None, longest: int
) -> dict[int, str]:
    """A variable for each value: `x` wherever it is free, the node's id while two values live."""
    readers: dict[int, list[int]] = {}
    for place, statement in enumerate(written):
        for value in statement.reads:
            readers.setdefault(value, []).append(place)
    names = dict(trace.names)
    holder = next(iter(names))
    for place, statement in enumerate(written):
        value = statement.value
        if value == last:
            continue
        read = readers.get(value, [])
        free = all(reader <= place for reader in readers.get(holder, []))
        if free and len(read) <= 1:
            names[value], holder = "x", value
        else:
            live = {name for other, name in names.items() if max(readers.get(other, [-1])) > place}
            names[value] = _own_name(trace.owner[value], live, longest)
    return names


def parameters(values: Sequence[Value]) -> dict[Value, str]:
    """Names under which a function takes these values: the first is `x`."""
    names: dict[Value, str] = {}
    for value in values:
        names[value] = _own_name(value, names.values(), LONGEST_NAME) if names else "x"
    return names


def _own_name(owner: Value, live: Iterable[str], longest: int) -> str:
    node, port = owner
    taken = {*live, *RESERVED}
    for name in (node, f"{node}_{port}"):
        if len(name) <= longest and name not in taken:
            return name
    number = 2
    while f"x{number}" in taken:
        number += 1
    return f"x{number}"


def _line(statement: Statement, names: Mapping[int, str], last: int | None) -> str:
    text = MARKED.sub(lambda mark: names[int(mark.group(1))], statement.text)
    if statement.value == last:
        text = f"return {text}"
    elif statement.pair:
        text = f"{names[statement.value]}, _ = {text.removesuffix('[0]')}"
    else:
        text = f"{names[statement.value]} = {text}"
    if INDENT + len(text) > WIDTH:
        return _one_argument_a_line(text, statement.shape) or text + SKIP
    if statement.shape is None:
        return text
    commented = f"{text}  # {statement.shape}"
    if INDENT + len(commented) > WIDTH:
        return f"# {statement.shape}\n{text}"
    return commented


def _one_argument_a_line(text: str, shape: Shape | None) -> str | None:
    """A long call as formatters write it; None where the text is not just one call."""
    tree = ast.parse(text.removeprefix("return ")).body[0]
    call = tree.value if isinstance(tree, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call) or not (call.args or call.keywords):
        return None
    arguments = [ast.unparse(argument) for argument in [*call.args, *call.keywords]]
    head, _, _ = text.partition("(")
    lines = [f"{head}(", *(f"    {argument}," for argument in arguments), ")"]
    if "".join(text.split()) != "".join("".join(lines).split()).replace(",)", ")"):
        return None  # unparse wrote it otherwise
    if max(map(len, lines)) + INDENT > WIDTH:
        return None
    lines[-1] += f"  # {shape}" if shape else ""
    return "\n".join(lines)


def loose_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps of an unfinished drawing, as far as their shapes are known."""
    found = []
    for node in dict.fromkeys(name for name, _ in plan.shapes):
        block = plan.document.nodes[node].block
        shapes = plan.input_shapes(node)
        if block.role != "layer" or not shapes:
            continue
        wires = [plan.document.into(node, port) for port in block.inputs]
        inputs = tuple((wire.source, wire.output) for wire in wires if wire is not None)
        outputs = tuple(plan.shapes[node, port] for port in block.outputs)
        group = plan.document.group_of.get(node)
        name, copies = (group.name, group.repeat) if group is not None else ("", 1)
        weights, call = block.weight_count(*shapes) * copies, block.layer(*shapes)
        found.append(Step(node, block, call, inputs, shapes, outputs, weights, 0, name, copies))
    return tuple(found)
