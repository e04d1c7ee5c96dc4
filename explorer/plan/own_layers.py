"""The layers that torch lacks: where each is written, and its text, which the source carries."""

from __future__ import annotations

import ast
import pkgutil
import re
from functools import cache

FAMILY = "layers."  # "layers.ClassToken" is written in explorer/engine/layers/class_token.py


def own_name(layer: str) -> str:
    """ClassToken of "layers.ClassToken"; empty for torch's own layers."""
    return layer.removeprefix(FAMILY) if layer.startswith(FAMILY) else ""


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
