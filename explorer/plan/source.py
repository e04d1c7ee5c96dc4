"""Plan -> PyTorch source that reads as a person would write it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from explorer.datasets.dataset import Dataset
from explorer.graph.block import Call
from explorer.plan.carried import OF_THE_FILE, Carried, carried
from explorer.plan.classes import Outline, class_lines, construction, constructor, outline
from explorer.plan.forward import WIDTH, statements
from explorer.plan.helpers import helpers
from explorer.plan.literals import class_name, literal, prose, quoted
from explorer.plan.plan import Plan
from explorer.plan.step import Step, Value
from explorer.plan.usage import how_to, imports, usage

# What the file itself calls so, and torch what every network is made of.
TAKEN = frozenset({*OF_THE_FILE, "Module", "Sequential", "Tensor", "Parameter"})


def network_name(plan: Plan) -> str:
    """The class that the source defines: TutorialCnn for a document "Tutorial CNN"."""
    return class_name(plan.document.title, _taken(plan.steps, _own_layers(plan.steps)))


def _taken(steps: Sequence[Step], own: Carried) -> frozenset[str]:
    """What the file means by something else, or torch by a layer of it: no name of ours."""
    torchs = {step.call.layer.rpartition(".")[2] for step in steps}
    return TAKEN | own.names | torchs - {""}


def _own_layers(steps: tuple[Step, ...]) -> Carried:
    """The layers that torch lacks, each once, in the order of use."""
    return carried(step.call.layer for step in steps)


def network_source(plan: Plan) -> str:
    """Only the class, after those of layers that torch lacks; of an unfinished drawing what can be
    said, with its problems as comments.
    """
    steps = plan.steps if plan.ready else plan.loose_steps()
    own, name = _own_layers(steps), network_name(plan)
    seen = outline(plan, steps, _taken(steps, own) | {name})
    taken = _taken(steps, own) | {name, *seen.classes.values()}
    layers = _attributes(seen.steps)
    body = statements(seen.steps, dict.fromkeys(_entries(plan), "x"), seen.result, layers, taken)
    problems = [] if plan.ready else [f"# {prose(p.message, 74)}" for p in plan.problems]
    lines = [
        *(f"{text}\n\n" for text in own.texts),
        *(f"{text}\n\n" for text in helpers(steps)),
        *_group_classes(seen, own, taken),
        f"class {name}(nn.Module):",
        f'    """{_what(plan)}"""',
        "",
        *constructor([line for step in seen.steps for line in _made(step, layers, seen, own)]),
        "    def forward(self, x: torch.Tensor) -> torch.Tensor:",
        f'        """{_forward_text(plan)}"""',
        *(f"        {line}" for line in [*body, *problems]),
    ]
    return "\n".join([*lines, ""])


def _group_classes(seen: Outline, own: Carried, taken: frozenset[str]) -> list[str]:
    """A class for each kind of group, before the network's."""
    lines: list[str] = []
    written = {seen.classes[name]: part for name, part in reversed(list(seen.parts.items()))}
    for name, part in reversed(list(written.items())):
        layers = _attributes(part.steps)
        made = [line for step in part.steps for line in _construction(step, layers, own)]
        lines += class_lines(part, name, made, layers, taken)
    return lines


def _made(step: Step, layers: dict[str, str], seen: Outline, own: Carried) -> list[str]:
    if step.node in seen.parts:
        return construction(seen.parts[step.node], seen.classes[step.node])
    return _construction(step, layers, own)


def source(plan: Plan, weights_file: str | None = None) -> str:
    """The whole file; `weights_file` names the weights beside it, by default as the file itself."""
    if not plan.ready or plan.dataset is None:
        raise ValueError("an unfinished network has no source: see the plan's problems")
    network = network_source(plan)
    parts = [
        _head(plan, plan.dataset),
        "\n".join(_imports(network, plan.dataset)),
        "\n".join(_values("CLASSES", [quoted(name) for name in plan.dataset.classes])),
        "\n\n" + network,
        "\n" + "\n\n\n".join(usage(network_name(plan), plan.dataset, weights_file)),
    ]
    return "\n".join(parts)


def _head(plan: Plan, dataset: Dataset) -> str:
    title = prose(plan.document.title) or "Untitled"
    return (
        f'"""{title}.\n\n'
        f"A network for {prose(dataset.title, 30)}, made with Architecture Explorer.\n"
        f'{how_to(dataset)}"""\n'
    )


def _what(plan: Plan) -> str:
    if not plan.ready or plan.dataset is None:
        return "Unfinished."
    shape, classes = plan.dataset.shape, len(plan.dataset.classes)
    return f"{shape} in, {classes} logits out; {plan.weights:,} weights."


def _forward_text(plan: Plan) -> str:
    if plan.dataset is None:
        return "Unfinished."
    dims = ", ".join(str(size) for size in plan.dataset.shape.dims)
    return f"Logits (N, {len(plan.dataset.classes)}) of normalised samples (N, {dims})."


def _entries(plan: Plan) -> list[Value]:
    """What comes in: of a drawing with several Inputs each gives the one sample that there is."""
    nodes = plan.document.nodes.values()
    return [(node.id, node.block.outputs[0]) for node in nodes if node.block.role == "input"]


def _attributes(steps: tuple[Step, ...]) -> dict[str, str]:
    """Each node's attribute: equal layers without weights stand under the first one's name."""
    first: dict[Call, str] = {}
    found = {}
    for step in steps:
        key = Call(step.call.layer, step.call.arguments, step.call.keywords)
        found[step.node] = step.node if step.stateful else first.setdefault(key, step.node)
    return found


def _construction(step: Step, layers: dict[str, str], own: Carried) -> list[str]:
    call = step.call
    if not call.layer or layers[step.node] != step.node:
        return []
    written = [literal(value) for value in call.arguments]
    written += [f"{name}={literal(value)}" for name, value in call.keywords]
    name = own.classes.get(call.layer, call.layer)
    line = f"        self.{step.node} = {name}({', '.join(written)})"
    if len(line) <= WIDTH:
        return [line]
    arguments = [f"            {argument}," for argument in written]
    return [f"        self.{step.node} = {name}(", *arguments, "        )"]


def _imports(network: str, dataset: Dataset) -> list[str]:
    names = {node.id for node in ast.walk(ast.parse(network)) if isinstance(node, ast.Name)}
    functional = ["import torch.nn.functional as F"] if "F" in names else []
    return [
        *imports(dataset),
        "from pathlib import Path",
        "",
        "import torch",
        *functional,
        "from safetensors.torch import load_file",
        "from torch import nn",
        "",
    ]


def _values(name: str, values: list[str]) -> list[str]:
    line = f"{name} = ({', '.join(values)}{',' if len(values) == 1 else ''})"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name} = (", *(f"    {value}," for value in values), ")"]
