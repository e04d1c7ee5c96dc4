"""The statements of `forward` as a person would write them: folded calls, one running `x`."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.graph.block import Shape
from explorer.plan.step import Step, Value
from explorer.plan.trace import Operation, Trace, branch_by_branch, needed

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
    taken: frozenset[str] = frozenset(),
) -> list[str]:
    """Lines of the body; `sources` are the values that come in and their names, the first of them
    `x`; `layers` says under which attribute a node's layer stands; no variable is called as one of
    `taken`, which the file means otherwise.

    Without a result, the drawing being unfinished, nothing is returned.
    """
    trace = Trace(sources, layers)
    for step in branch_by_branch(steps, result):
        trace.add(step)
    last = trace.number.get(result) if result is not None else None
    written = _folded(needed(trace.operations, last), last)
    for longest in (LONGEST_NAME, SHORTEST_NAME):
        names = _names(written, trace, last, longest, taken)
        lines = [_line(statement, names, last) for statement in written]
        if not any(line.endswith(SKIP) for line in lines):
            break
    if last is not None and all(statement.value != last for statement in written):
        lines.append(f"return {names[last]}")
    return [line for text in lines for line in text.split("\n")]


def _folded(operations: Sequence[Operation], last: int | None) -> list[Statement]:
    """One statement for each run of operations that a person writes around each other."""
    reads = Counter[int]()
    for operation in operations:
        reads.update(operation.read())
    written: list[Statement] = []
    open_: Statement | None = None
    depth, before = 0, None
    for operation in operations:
        text = None
        if open_ is not None and before is not None:
            single = reads[open_.value] == 1 and open_.value != last and not open_.pair
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


def _folds(before: Operation, operation: Operation, value: int) -> bool:
    if operation.read()[value] != 1:
        return False
    index = INDEX.fullmatch(before.template) is not None
    same = before.step.node == operation.step.node
    around = operation.step.block.group in FOLDED and operation.fields.total() <= 2
    return around or index or (same and "{layer}" not in operation.template)


def _fits(text: str, shape: Shape | None) -> bool:
    comment = f"  # {shape}" if shape else ""
    return INDENT + len("return ") + len(MARKED.sub("x", text)) + len(comment) <= WIDTH - 8


def _is_pair(operation: Operation, text: str) -> bool:
    """Whether the text is nothing but a layer's call and an index that takes the first result."""
    called = text.startswith(f"{operation.layer}(") and text.endswith(")[0]")
    first = operation.template.endswith("[0]") and operation.template.count("[") == 1
    return called and first and operation.step.call.layer in GIVES_PAIRS


def _expression(operation: Operation, texts: Mapping[int, str]) -> str:
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


def _marks(operation: Operation) -> dict[str, str]:
    return {port: f"{MARK}{value}" for port, value in operation.ports.items()}


def _names(
    written: Sequence[Statement],
    trace: Trace,
    last: int | None,
    longest: int,
    taken: frozenset[str],
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
            names[value] = _own_name(trace.owner[value], live | taken, longest)
    return names


def parameters(values: Sequence[Value], taken: frozenset[str]) -> dict[Value, str]:
    """Names under which a function takes these values: the first is `x`, none is `taken`."""
    names: dict[Value, str] = {}
    for value in values:
        used = taken.union(names.values())
        names[value] = _own_name(value, used, LONGEST_NAME) if names else "x"
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
