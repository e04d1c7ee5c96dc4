"""A block's parameters in one short line, as people write them: "1→32, 3x3, pad 1"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from explorer.graph.block import Argument, Block, Shape

# What comes in and what goes out, by parameter name.
INCOMING = ("in_channels", "in_features", "input_size")
OUTGOING = ("out_channels", "out_features", "hidden_size")
QUIET = ("batch_first",)  # changes nothing that one would see on the canvas
ALWAYS: Mapping[str, str] = {
    "kernel_size": "{0}x{0}",
    "num_heads": "{0} heads",
    "p": "p {0:g}",
}
# Said only where the value is not the default.
UNUSUAL: Mapping[str, str] = {
    "stride": "stride {0}",
    "padding": "pad {0}",
    "dilation": "dilation {0}",
    "groups": "{0} groups",
    "num_layers": "{0} layers",
    "dropout": "dropout {0:g}",
    "momentum": "momentum {0:g}",
    "eps": "eps {0:g}",
}


def summary(block: Block, shapes: tuple[Shape, ...] | None) -> str:
    """The line for a block whose inputs have these shapes (None: not known)."""
    values = block.values()
    parts = [_through(values, shapes)]
    parts += [text.format(values[name]) for name, text in ALWAYS.items() if name in values]
    defaults = _defaults(type(block))
    for name, value in values.items():
        if name in UNUSUAL and value != defaults[name]:
            parts.append(UNUSUAL[name].format(value))
        elif isinstance(value, bool) and value is not defaults[name] and name not in QUIET:
            parts.append(name.replace("_", " ") if value else f"no {name.replace('_', ' ')}")
    return ", ".join(part for part in parts if part)


def incoming(name: str, shapes: tuple[Shape, ...] | None) -> int | None:
    """What an automatic parameter takes from the wire, where its name says so."""
    if not shapes:
        return None
    if name == "in_channels":
        return shapes[0].dims[0]
    if name in ("in_features", "input_size", "embed_dim"):
        return shapes[0].dims[-1]
    return shapes[0].dims[0] if name == "length" else None


@cache
def _defaults(block: type[Block]) -> Mapping[str, Argument]:
    return {parameter.name: parameter.default for parameter in block.parameters()}


def _through(values: Mapping[str, Argument], shapes: tuple[Shape, ...] | None) -> str:
    out = next((values[name] for name in OUTGOING if name in values), None)
    if out is None:
        return ""
    name = next((name for name in INCOMING if name in values), "")
    into = values.get(name) or incoming(name, shapes)
    return f"{into or '?'}→{out}"
