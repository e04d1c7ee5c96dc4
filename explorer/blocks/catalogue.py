"""Finds every block file, so that a new one needs no registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import explorer.blocks
from explorer.graph.block import PLUGINS, Block
from explorer.graph.custom import Custom

# The palette's order; a group that is not named here comes after these.
GROUPS: Mapping[str, str] = {
    "inputs": "Input and output",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "shape": "Shape",
    "dense": "Dense",
    "activation": "Activation",
    "regularisation": "Normalisation and regularisation",
    "joining": "Joining",
    "sequence": "Sequence",
    "recurrent": "Recurrent",
    "attention": "Attention",
    PLUGINS: "Plug-ins",
}


@cache
def catalogue() -> Mapping[str, type[Block]]:
    """Every block's class by kind, in the palette's order."""
    found: list[type[Block]] = []
    for group in pkgutil.iter_modules(explorer.blocks.__path__):
        if not group.ispkg:
            continue
        package = importlib.import_module(f"explorer.blocks.{group.name}")
        for module in pkgutil.iter_modules(package.__path__):
            found.append(_block_in(f"explorer.blocks.{group.name}.{module.name}"))
    order = list(GROUPS)
    found.sort(
        key=lambda b: (order.index(b.group) if b.group in order else len(order), b.rank, b.title)
    )
    return {block.kind: block for block in found}


def block_of(kind: str) -> type[Block] | None:
    """The class of a kind, or None: what `files.load` asks. Custom is not in the palette: each
    block of that kind has a file of its own.
    """
    return Custom if kind == Custom.kind else catalogue().get(kind)


def _block_in(module_name: str) -> type[Block]:
    module = importlib.import_module(module_name)
    blocks = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Block) and value.__module__ == module_name
    ]
    if len(blocks) != 1:
        raise ImportError(f"{module_name} should hold one block and holds {len(blocks)}")
    return blocks[0]
