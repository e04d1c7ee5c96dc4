"""The layers that torch lacks: where each is written, and its text, which the source carries."""

from __future__ import annotations

import ast
import pkgutil
import re
from functools import cache

from explorer.graph import custom
from explorer.graph.custom_file import carried_text

FAMILY = "layers."  # "layers.ClassToken" is written in explorer/engine/layers/class_token.py


def own_name(layer: str) -> str:
    """ClassToken of "layers.ClassToken", Scale of a user's file; empty for torch's own layers."""
    return layer.rpartition(".")[2] if layer.startswith((FAMILY, custom.FAMILY)) else ""


def layer_text(layer: str) -> str:
    """What exported source says of a layer that torch lacks: its class, or the user's file."""
    if not layer.startswith(custom.FAMILY):
        return class_text(own_name(layer))
    known = custom.trusted_text(layer.split(".")[1])
    if known is None:
        raise ValueError(f"the file of {own_name(layer)} is not trusted")
    return carried_text(known[1])


def file_name(name: str) -> str:
    """class_token of "ClassToken"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@cache
def class_text(name: str) -> str:
    """The class as it stands in its file, read as text: nothing is imported."""
    content = pkgutil.get_data("explorer", f"engine/layers/{file_name(name)}.py")
    if content is None:
        raise FileNotFoundError(f"the text of the layer {name} is not part of this program")
    text = content.decode("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])
    raise ValueError(f"engine/layers/{file_name(name)}.py holds no class {name}")
