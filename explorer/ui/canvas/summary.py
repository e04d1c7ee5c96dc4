"""A block's parameters in one short line, as people write them: "1→32, 3x3, pad 1"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from explorer.graph.block import Argument, Block, Shape
from explorer.graph.custom import Custom

# What comes in and what goes out, by parameter name.
INCOMING = ("in_channels", "in_features", "input_size", "num_embeddings")
OUTGOING = ("out_channels", "out_features", "hidden_size", "embedding_dim")
QUIET = ("batch_first",)  # changes nothing that one would see on the canvas
ALWAYS: Mapping[str, str] = {
    "patch_size": "{0}x{0} patches",
    "embed_dim": "{0} wide",
    "hidden_features": "{0} hidden",
    "num_heads": "{0} heads",
    "num_groups": "{0} groups",
    "operation": "{0}",
    "order": "{0}",
    "p": "p {0:g}",
    "ports": "{0} inputs",
    "reduction": "1/{0}",
    "scale_factor": "{0} times",
    "std": "std {0:g}",
    "target": "to {0}",
    "variant": "{0}",
}
# Said only where the value is not the default; what is not listed is said by its own name.
UNUSUAL: Mapping[str, str] = {
    "padding": "pad {0}",
    "groups": "{0} groups",
    "num_layers": "{0} layers",
    "dim_feedforward": "{0} hidden",
}


def summary(block: Block, shapes: tuple[Shape, ...] | None) -> str:
    """The line for a block whose inputs have these shapes (None: not known)."""
    if isinstance(block, Custom):
        return block.class_name
    values = block.values()
    defaults = _defaults(type(block))
    parts = [_through(values, shapes), _window(block.kind, values)]
    for name, value in values.items():
        if name in ALWAYS and value is not None:
            parts.append(ALWAYS[name].format(value))
        elif name not in SAID and value != defaults[name] and value is not None:
            parts.append(_unusual(name, value))
    return ", ".join(part for part in parts if part)


SAID = frozenset((*INCOMING, *OUTGOING, *QUIET, "kernel_size", "height", "width"))


def _unusual(name: str, value: Argument) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, float):
        return f"{words} {value:g}"
    if isinstance(value, str):
        return value
    return UNUSUAL.get(name, f"{words} {{0}}").format(value)


def incoming(name: str, shapes: tuple[Shape, ...] | None) -> int | None:
    """What an automatic parameter takes from the wire, where its name says so."""
    if not shapes:
        return None
    shape = shapes[0]
    if name == "in_channels":
        return shape.dims[0] if shape.kind == "image" else shape.dims[-1]
    if name in ("in_features", "out_features", "input_size", "embed_dim"):
        return shape.dims[-1]
    return shape.dims[0] if name == "length" else None


@cache
def _defaults(block: type[Block]) -> Mapping[str, Argument]:
    return {parameter.name: parameter.default for parameter in block.parameters()}


def _through(values: Mapping[str, Argument], shapes: tuple[Shape, ...] | None) -> str:
    """1→32: what comes in and what goes out."""
    out = next((values[name] for name in OUTGOING if name in values), None)
    if out is None:
        return ""
    name = next((name for name in INCOMING if name in values), "")
    if not name:
        return f"→{out}"
    into = values.get(name) or incoming(name, shapes)
    return f"{into or '?'}→{out}"


def _window(kind: str, values: Mapping[str, Argument]) -> str:
    """3x3, or the size of the result where that is what one sets."""
    if "kernel_size" in values:
        side = values["kernel_size"]
        return f"kernel {side}" if kind.endswith("1d") else f"{side}x{side}"
    height, width = values.get("height"), values.get("width")
    return f"{height}x{width}" if height is not None and width is not None else ""
