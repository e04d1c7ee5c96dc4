"""Plan -> PyTorch source that reads as a person would write it."""

from __future__ import annotations

import ast

from explorer.datasets.dataset import Dataset
from explorer.graph.block import Call
from explorer.graph.custom import FAMILY
from explorer.plan.carried import Carried, carried
from explorer.plan.classes import Outline, class_lines, construction, outline
from explorer.plan.forward import SKIP, WIDTH, statements
from explorer.plan.literals import class_name, literal, prose, quoted
from explorer.plan.plan import Plan
from explorer.plan.step import Step, Value

TAKEN = frozenset({"Path", "F"})  # what the file itself calls so


def network_name(plan: Plan) -> str:
    """The class that the source defines: TutorialCnn for a document "Tutorial CNN"."""
    return class_name(plan.document.title, TAKEN | _own_layers(plan.steps).names)


def _own_layers(steps: tuple[Step, ...]) -> Carried:
    """The layers that torch lacks, each once, in the order of use."""
    return carried(step.call.layer for step in steps)


def network_source(plan: Plan) -> str:
    """Only the class, after those of layers that torch lacks; of an unfinished drawing what can be
    said, with its problems as comments.
    """
    steps = plan.steps if plan.ready else plan.loose_steps()
    own, name = _own_layers(steps), network_name(plan)
    seen = outline(plan, steps, TAKEN | own.names | {name})
    layers = _attributes(seen.steps)
    body = statements(seen.steps, dict.fromkeys(_entries(plan), "x"), seen.result, layers)
    problems = [] if plan.ready else [f"# {prose(p.message, 74)}" for p in plan.problems]
    lines = [
        *(f"{text}\n\n" for text in own.texts),
        *_group_classes(seen, own),
        f"class {name}(nn.Module):",
        f'    """{_what(plan)}"""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *(line for step in seen.steps for line in _made(step, layers, seen, own)),
        "",
        "    def forward(self, x: torch.Tensor) -> torch.Tensor:",
        f'        """{_forward_text(plan)}"""',
        *(f"        {line}" for line in [*body, *problems]),
    ]
    return "\n".join([*lines, ""])


def _group_classes(seen: Outline, own: Carried) -> list[str]:
    """A class for each group, before the network's."""
    lines: list[str] = []
    for name, part in seen.parts.items():
        layers = _attributes(part.steps)
        made = [line for step in part.steps for line in _construction(step, layers, own)]
        lines += class_lines(part, seen.classes[name], made, layers)
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
        "\n".join(_imports(network)),
        "\n".join(_values("CLASSES", [quoted(name) for name in plan.dataset.classes])),
        "\n\n" + network,
        _functions(plan, plan.dataset),
        _main(plan, weights_file),
    ]
    return "\n".join(parts)


def _head(plan: Plan, dataset: Dataset) -> str:
    title = prose(plan.document.title) or "Untitled"
    return (
        f'"""{title}.\n\n'
        f"A network for {prose(dataset.title, 30)}, made with Architecture Explorer.\n"
        "Its weights are in a .safetensors file:\n\n"
        "    model = load(weights)\n"
        f"    predict(model, pictures)  # {_pictures(dataset)}\n"
        '"""\n'
    )


def _pictures(dataset: Dataset) -> str:
    return f"uint8, (N, {', '.join(str(size) for size in dataset.shape.dims)})"


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
        stateful = ("Norm", FAMILY)
        stateless = step.weights == 0 and not any(s in step.call.layer for s in stateful)
        key = Call(step.call.layer, step.call.arguments, step.call.keywords)
        found[step.node] = first.setdefault(key, step.node) if stateless else step.node
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


def _imports(network: str) -> list[str]:
    names = {node.id for node in ast.walk(ast.parse(network)) if isinstance(node, ast.Name)}
    functional = ["import torch.nn.functional as F"] if "F" in names else []
    return [
        "import sys",
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


def _functions(plan: Plan, dataset: Dataset) -> str:
    name, dims = network_name(plan), dataset.shape.dims
    sizes = ", ".join(str(size) for size in dims)
    tail = dims[1:] if len(dims) > 1 and dims[0] == 1 else dims
    last = ", ".join(str(size) for size in tail)
    return f'''
def preprocess(pictures: torch.Tensor) -> torch.Tensor:
    """Normalised samples (N, {sizes}) of {_accepted(dims)}."""
    pictures = torch.as_tensor(pictures)
    if tuple(pictures.shape[-{len(tail)}:]) != {literal(tail)}:
        raise ValueError(f"expected (..., {last}), got {{tuple(pictures.shape)}}")
    pictures = pictures.reshape(-1, {sizes})
    return (pictures.float() / {dataset.scale!r} - {dataset.mean!r}) / {dataset.std!r}


def load(path: str | Path) -> {name}:
    """The trained network, ready to predict."""
    model = {name}()
    model.load_state_dict(load_file(path))
    return model.eval()


def predict(model: nn.Module, pictures: torch.Tensor) -> list[tuple[str, float]]:
    """The likeliest class of each picture, with its probability."""
    with torch.inference_mode():
        probabilities = model(preprocess(pictures)).softmax(dim=1)
    best, places = probabilities.max(dim=1)
    names = [CLASSES[place] for place in places.tolist()]
    return list(zip(names, best.tolist(), strict=True))
'''


def _accepted(dims: tuple[int, ...]) -> str:
    sizes = ", ".join(str(size) for size in dims)
    if len(dims) > 1 and dims[0] == 1:
        rest = ", ".join(str(size) for size in dims[1:])
        return f"uint8 (N, {sizes}) or (N, {rest})"
    return f"uint8 (N, {sizes})"


def _main(plan: Plan, weights_file: str | None) -> str:
    return "\n".join(
        [
            "",
            'if __name__ == "__main__":',
            *_loading(weights_file),
            "    count = sum(weights.numel() for weights in model.parameters())",
            f'    sys.stdout.write(f"{network_name(plan)}: {{count:,}} weights\\n")',
            "",
        ]
    )


def _loading(weights_file: str | None) -> list[str]:
    if not weights_file:
        return ['    model = load(Path(__file__).with_suffix(".safetensors"))']
    line = f"    model = load(Path(__file__).with_name({quoted(weights_file)}))"
    if len(line) <= WIDTH:
        return [line]
    return [line + SKIP]
